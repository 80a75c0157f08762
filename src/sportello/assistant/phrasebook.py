"""The assistant's own words, in Italian and English; everything else it says is the company's."""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from sportello.rules.presence import Back


@dataclass(frozen=True, slots=True)
class Phrases:
    """`{company}` and `{name}` are filled in; `{name}` has its comma with it, or is empty."""

    disclosure: str
    greeting: str
    greeting_again: str
    thanks: str
    goodbye: str
    bot: str
    off_topic: str
    insult: str
    stopped: str
    resumed: str
    asked_for_person: str
    not_known: str
    still_unsure: str
    upset: str
    no_choice_fits: str
    withdrawn: str
    media: str
    voice: str
    trouble: str
    clarify: str
    clarify_button: str
    none_of_these: str
    none_described: str
    only_in: str
    quoting: str
    source: str
    for_a_person: str
    loop: str
    back: str
    back_days: str
    act_confirm: str
    act_yes: str
    act_no: str
    act_tap: str
    act_dropped: str
    act_stale: str
    act_nothing: str
    tool_failed: str


_ITALIAN: Final = Phrases(
    disclosure="Sono {name}l'assistente virtuale di {company}, un'intelligenza artificiale.",
    greeting="Salve, come posso aiutarla?",
    greeting_again="Eccomi. Mi dica pure.",
    thanks="Prego, è stato un piacere. Se le serve altro, sono qui.",
    goodbye="Arrivederci, e grazie di averci scritto.",
    bot="Se preferisce parlare con una persona, scriva «operatore».",
    off_topic=(
        "Di questo non posso occuparmi: rispondo soltanto alle domande su {company}. "
        "C'è qualcosa che vuole sapere di noi?"
    ),
    insult=(
        "Mi dispiace che sia andata così. Mi dica che cosa è successo, oppure scriva «operatore» "
        "e la metto in contatto con una persona."
    ),
    stopped=(
        "Fatto: non riceverà più messaggi promozionali da {company}. Può scriverci quando vuole; "
        "se cambia idea, scriva RIATTIVA."
    ),
    resumed=(
        "Fatto: riceverà di nuovo i messaggi promozionali di {company}. Per smettere basta "
        "scrivere STOP."
    ),
    asked_for_person="Certo. Passo la conversazione a una persona, che le risponderà qui.",
    not_known=(
        "A questo non so rispondere con certezza, e preferisco non improvvisare. Passo la "
        "conversazione a una persona, che le risponderà qui."
    ),
    still_unsure=(
        "Non ho capito bene, e non voglio farle perdere tempo. Passo la conversazione a una "
        "persona, che le risponderà qui."
    ),
    upset=(
        "Mi dispiace davvero. Passo subito la conversazione a una persona, che le risponderà qui."
    ),
    no_choice_fits=(
        "Grazie, allora passo la conversazione a una persona, che le risponderà qui. Se vuole, "
        "intanto aggiunga qualche dettaglio."
    ),
    withdrawn=(
        "Questa risposta non è più aggiornata. Passo la conversazione a una persona, che le "
        "risponderà qui."
    ),
    media=(
        "Ho ricevuto il file, ma non posso guardarlo io: passo la conversazione a una persona, "
        "che le risponderà qui."
    ),
    voice=(
        "Non posso ascoltare i messaggi vocali: passo la conversazione a una persona. Se vuole, "
        "intanto scriva in due parole di che cosa ha bisogno."
    ),
    trouble=(
        "In questo momento non riesco a rispondere. Passo la conversazione a una persona, che le "
        "risponderà qui."
    ),
    clarify="Vorrei essere sicuro di aver capito. Intende una di queste?",
    clarify_button="Scegli",
    none_of_these="Nessuna di queste",
    none_described="Parlo con una persona",
    only_in="Ho questa informazione soltanto in un'altra lingua:",
    quoting="Ecco che cosa dicono le nostre informazioni:",
    source="Fonte: {source}",
    for_a_person=(
        "Di questo si occupa una persona: le passo la conversazione, e le risponderà qui."
    ),
    loop=(
        "Temo che ci stiamo ripetendo. Passo la conversazione a una persona, che le risponderà qui."
    ),
    back="Le persone rispondono di nuovo {day} dalle {time}.",
    back_days="oggi domani lunedì martedì mercoledì giovedì venerdì sabato domenica",
    act_confirm="Posso farlo subito: {action}. Conferma?",
    act_yes="Sì, procedi",
    act_no="No, lascia stare",
    act_tap="Per sicurezza mi serve un tocco sul pulsante.",
    act_dropped="Va bene, non faccio nulla. Se le serve altro, sono qui.",
    act_stale="Questa richiesta non è più attiva: non ho fatto nulla. Mi dica pure di nuovo.",
    act_nothing="Con questo numero WhatsApp non trovo nulla.",
    tool_failed=(
        "In questo momento non riesco a controllare. Passo la conversazione a una persona, che le "
        "risponderà qui."
    ),
)

_ITALIAN_TU: Final = replace(
    _ITALIAN,
    greeting="Ciao, come posso aiutarti?",
    greeting_again="Eccomi. Dimmi pure.",
    thanks="Prego, è stato un piacere. Se ti serve altro, sono qui.",
    goodbye="A presto, e grazie di averci scritto.",
    bot="Se preferisci parlare con una persona, scrivi «operatore».",
    off_topic=(
        "Di questo non posso occuparmi: rispondo soltanto alle domande su {company}. "
        "C'è qualcosa che vuoi sapere di noi?"
    ),
    insult=(
        "Mi dispiace che sia andata così. Dimmi che cosa è successo, oppure scrivi «operatore» "
        "e ti metto in contatto con una persona."
    ),
    stopped=(
        "Fatto: non riceverai più messaggi promozionali da {company}. Puoi scriverci quando vuoi; "
        "se cambi idea, scrivi RIATTIVA."
    ),
    resumed=(
        "Fatto: riceverai di nuovo i messaggi promozionali di {company}. Per smettere basta "
        "scrivere STOP."
    ),
    asked_for_person="Certo. Passo la conversazione a una persona, che ti risponderà qui.",
    not_known=(
        "A questo non so rispondere con certezza, e preferisco non improvvisare. Passo la "
        "conversazione a una persona, che ti risponderà qui."
    ),
    still_unsure=(
        "Non ho capito bene, e non voglio farti perdere tempo. Passo la conversazione a una "
        "persona, che ti risponderà qui."
    ),
    upset=(
        "Mi dispiace davvero. Passo subito la conversazione a una persona, che ti risponderà qui."
    ),
    no_choice_fits=(
        "Grazie, allora passo la conversazione a una persona, che ti risponderà qui. Se vuoi, "
        "intanto aggiungi qualche dettaglio."
    ),
    withdrawn=(
        "Questa risposta non è più aggiornata. Passo la conversazione a una persona, che ti "
        "risponderà qui."
    ),
    media=(
        "Ho ricevuto il file, ma non posso guardarlo io: passo la conversazione a una persona, "
        "che ti risponderà qui."
    ),
    voice=(
        "Non posso ascoltare i messaggi vocali: passo la conversazione a una persona. Se vuoi, "
        "intanto scrivi in due parole di che cosa hai bisogno."
    ),
    trouble=(
        "In questo momento non riesco a rispondere. Passo la conversazione a una persona, che ti "
        "risponderà qui."
    ),
    clarify="Vorrei essere sicuro di aver capito. Intendi una di queste?",
    for_a_person=(
        "Di questo si occupa una persona: le passo la conversazione, e ti risponderà qui."
    ),
    loop=(
        "Temo che ci stiamo ripetendo. Passo la conversazione a una persona, che ti risponderà qui."
    ),
    act_confirm="Posso farlo subito: {action}. Confermi?",
    act_dropped="Va bene, non faccio nulla. Se ti serve altro, sono qui.",
    act_stale="Questa richiesta non è più attiva: non ho fatto nulla. Dimmi pure di nuovo.",
    tool_failed=(
        "In questo momento non riesco a controllare. Passo la conversazione a una persona, che ti "
        "risponderà qui."
    ),
)

_ENGLISH: Final = Phrases(
    disclosure="I'm {name}the virtual assistant of {company}, an artificial intelligence.",
    greeting="Hello, how can I help you?",
    greeting_again="I'm here. How can I help?",
    thanks="You're welcome. If you need anything else, I'm here.",
    goodbye="Goodbye, and thank you for writing to us.",
    bot="If you would rather talk to a person, just write “operator”.",
    off_topic=(
        "That is not something I can do: I only answer questions about {company}. Is there "
        "anything you would like to know about us?"
    ),
    insult=(
        "I'm sorry it went that way. Tell me what happened, or write “operator” and I will put "
        "you in touch with a person."
    ),
    stopped=(
        "Done: you will get no more promotional messages from {company}. Write to us whenever you "
        "like; if you change your mind, write START."
    ),
    resumed=(
        "Done: you will get promotional messages from {company} again. To stop them, write STOP."
    ),
    asked_for_person="Of course. I'm passing this chat to a person, who will answer you here.",
    not_known=(
        "I don't know the answer to this for certain, and I would rather not guess. I'm passing "
        "this chat to a person, who will answer you here."
    ),
    still_unsure=(
        "I'm not sure I understood, and I don't want to waste your time. I'm passing this chat to "
        "a person, who will answer you here."
    ),
    upset="I'm truly sorry. I'm passing this chat to a person right away; they will answer here.",
    no_choice_fits=(
        "Thank you, then I'm passing this chat to a person, who will answer you here. Feel free to "
        "add some detail in the meantime."
    ),
    withdrawn=(
        "That answer is out of date. I'm passing this chat to a person, who will answer you here."
    ),
    media=(
        "I got the file, but I can't look at it myself: I'm passing this chat to a person, who "
        "will answer you here."
    ),
    voice=(
        "I can't listen to voice messages: I'm passing this chat to a person. Meanwhile you can "
        "write in a few words what you need."
    ),
    trouble=(
        "I can't answer at the moment. I'm passing this chat to a person, who will answer you here."
    ),
    clarify="I'd like to be sure I understood. Do you mean one of these?",
    clarify_button="Choose",
    none_of_these="None of these",
    none_described="Let me talk to a person",
    only_in="I only have this in another language:",
    quoting="Here is what our information says:",
    source="Source: {source}",
    for_a_person="This is a matter for a person: I'm passing this chat on, they will answer here.",
    loop=(
        "I'm afraid we are going in circles. I'm passing this chat to a person, who will answer "
        "you here."
    ),
    back="People answer again {day} from {time}.",
    back_days="today tomorrow Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    act_confirm="I can do this now: {action}. Do you confirm?",
    act_yes="Yes, go ahead",
    act_no="No, leave it",
    act_tap="To be safe I need you to tap the button.",
    act_dropped="Fine, I did nothing. If you need anything else, I'm here.",
    act_stale="This request is no longer open: I did nothing. Just tell me again.",
    act_nothing="I find nothing for this WhatsApp number.",
    tool_failed=(
        "I can't look that up at the moment. I'm passing this chat to a person, who will answer "
        "you here."
    ),
)

# From here on the name of a weekday alone would mean an earlier one.
_WEEK: Final = 7
_BOOK: Final = MappingProxyType({"it": _ITALIAN, "en": _ENGLISH})


def phrases(language: str, form: str = "lei") -> Phrases:
    """In the customer's language, else in English; Italian with Lei or, where `form` says, tu."""
    base = language.partition("-")[0]
    return _ITALIAN_TU if (base, form) == ("it", "tu") else _BOOK.get(base, _ENGLISH)


def when(language: str, back: Back) -> str:
    """What a hand-over outside the people's hours adds, as “People answer again tomorrow”."""
    told = phrases(language)
    today, tomorrow, *week = told.back_days.split()
    day = {0: today, 1: tomorrow}.get(back.in_days, week[back.on.weekday()])
    if back.in_days >= _WEEK:
        day = f"{day} {back.on.day}/{back.on.month}"
    return told.back.format(day=day, time=f"{back.at.hour}:{back.at.minute:02}")


def disclosure(language: str, assistant: str, company: str) -> str:
    """Says that it is no person, as Art. 50(1) of the EU AI Act asks at the first contact."""
    name = f"{assistant}, " if assistant else ""
    return phrases(language).disclosure.format(name=name, company=company)
