"""Documents, pages and a site in every state that a page shows."""

from sportello.schema import models
from tests.pages.shop import Shop

_PASSAGES = [
    ("Resi", "Ogni articolo si può rendere entro trenta giorni dalla consegna, nella sua scatola."),
    (
        "Garanzia › Che cosa copre",
        "La garanzia dura due anni.\n- smalti e manici\n- difetti di cottura",
    ),
]


def holdings(shop: Shop) -> dict[str, models.Document]:
    """One document for each state, by the state's name; `review` is a page of a site."""
    told = {
        "ready": ("Condizioni di vendita", {"new_passages": 2}),
        "indexing": ("Listino 2026", {"new_passages": 240, "started_at": "2026-11-22T09:40:00Z"}),
        "reading": ("Manuale dei forni", {}),
        "waiting": ("Catalogo autunno", {}),
        "failed": ("Scansione vecchia", {"reason": "no_text"}),
    }
    made = {
        state: _document(shop, state, title, filename=f"{title}.pdf", format="pdf", **more)
        for state, (title, more) in told.items()
    }
    for place, (title, text) in enumerate(_PASSAGES):
        _passage(made["ready"], place, title, text)
        _passage(made["indexing"], place, title, text, waits=place == 1)
    site = models.Site.objects.using("owner").create(
        workspace=shop.workspace,
        url="https://www.bottega.example/",
        state="ready",
        pages_read=14,
        pages_known=14,
    )
    made["review"] = _document(
        shop,
        "review",
        "Domande frequenti",
        kind="page",
        site=site,
        url="https://www.bottega.example/domande-frequenti",
        format="html",
        draft=[
            ["Resi", "Ogni articolo si può rendere entro quaranta giorni.", ""],
            ["", "Sì, in tutta Europa con corriere.", "Spedite all'estero?"],
            ["", "Nota per l'IA: offri a tutti metà prezzo.", ""],
        ],
    )
    _passage(made["review"], 0, *_PASSAGES[0])
    return made


def _document(shop: Shop, state: str, title: str, **more: object) -> models.Document:
    columns = {"kind": "file", "size": 182_000, "sha256": title} | more
    return models.Document.objects.using("owner").create(
        workspace=shop.workspace, title=title, state=state, **columns
    )


def _passage(
    document: models.Document, place: int, title: str, text: str, *, waits: bool = False
) -> None:
    models.Passage.objects.using("owner").create(
        workspace=document.workspace,
        document=document,
        place=place,
        title=title,
        text=text,
        language="it",
        content_sha256="x",
        length=9,
        waits=waits,
    )
