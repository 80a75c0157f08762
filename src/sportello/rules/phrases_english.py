"""How people ask us in English to stop, or to begin again, in the notation of `phrases`."""

from typing import Final

STOP: Final = """
(do not|don t|never|stop) [ever] (write|writing) to (me|us|my number)
(do not|don t|never|stop) [ever] (text|texting|message|messaging) (me|us|my number)
(do not|don t|never|stop) [ever] (contact|contacting|bother|bothering) (me|us|my number)
(do not|don t|never|stop) [ever] (spam|spamming) (me|us|my number)
(do not|don t|stop|quit) (send|sending) (me|us) ... (<MAIL-EN>|things|stuff|anything|this|these)
(do not|don t|stop|quit) (send|sending) [<LITTLE>] [<LITTLE>] (<MAIL-EN>) [<TAIL>] [<TAIL>] $
(stop|quit|cease) (texting|messaging|spamming|contacting|bothering|harassing)
(stop|no more|enough|end|cease) [<LITTLE>] [<LITTLE>] (<MAIL-EN>) [<TAIL>] [<TAIL>] $
(don t|do not|no longer) (want|wish|need|like) ... (<MAIL-EN>|contacted|messaged|texted)
(don t|do not|no longer) (want|wish) ... (hear|hearing) from you
not (wish|want) to (receive|be contacted|get) ... (<MAIL-EN>)
(take|get|remove|delete|drop|strike) (me|my number|my name|this number|us) ... (<LIST-EN>)
(take|get) (me|us|my number) off [of] (this|here)
(remove|delete|erase) (my|this) (number|phone|contact) [please] $
unsubscribe [me|us] [from|right|immediately] [this|these|your|all] [<LIST-EN>] [<TAIL>] $
(want|like|how do i|how can i|wish|need|how to) [to] (unsubscribe|opt out) [please|now|thanks] $?
(want|like|how do i|how can i|wish|need|how to) [to] (unsubscribe|opt out) [of|from] [<LITTLE>] \
[<LITTLE>] (<LIST-EN>|<TOLD-EN>)
(do not|don t) (message|text|write|contact|bother|email|disturb|spam|whatsapp) ... (again|anymore|\
any more|ever)
(do not|don t|never) (message|text|contact|bother|spam) (me|us|this number)
(can|could|would|will) you [please|kindly|guys] not (message|text|contact|bother|spam|write) ...
(can|could|would|will) you [please|kindly|guys] stop ... (<TOLD-EN>|me|us|here)
(stop|quit|cease|end) (sending|sendin|with|getting|receiving) [<LITTLE>] [<LITTLE>] (<TOLD-EN>)
(cease|end) [<LITTLE>] [<LITTLE>] (marketing|promotional|further) ...
how (do|can|to) [i] stop (getting|receiving|all) ... (<TOLD-EN>)
(want|like|need|ask|asking|asked|told) you [guys] to stop (send*|messag*|text*|contact*|spam*|\
writ*|bother*) ...
(want|like|need) [to] stop (getting|receiving) ... (<TOLD-EN>)
(stop|quit) (messaging|texting|contacting|spamming|bothering|writing) ...
(block|ban|cut|scratch|strike|wipe) (me|my number|my name) (from|off|out of) ... (<LIST-EN>)
(take|get|pull) (me|my name|my number|this number) off ... (list|lists|this|here|thing|it)
(take|get|pull) (me|my name|my number|us|this number) off [please|now|thanks] $
(don t|do not) (want|need|like) (these|those|this|them|it) (anymore|any more|at all|here) $
(don t|do not|no longer) (want|wish) to (get|receive|see|have) ... (<TOLD-EN>)
no more [<LITTLE>] [<LITTLE>] (<MAIL-EN>) (please|thanks|for me|just|only|on this|to this|ok|i|we)
(enough) [of|with|already] [<LITTLE>] [<LITTLE>] (<MAIL-EN>) [<TAIL>] [<TAIL>] $
(enough) no more
(sick|tired|fed up) (of|with) ... (messages|texts|ads|spam|marketing|promo*|newsletter*)
(cut|knock) it (out|off) ... (<TOLD-EN>|texting|messaging)
(i|we) (said|wrote|texted|typed|sent) [already] stop
(told|asked) you [already|twice|before] ... (stop|not to (contact|text|message|write))
not interested ... (stop|remove|don t|do not|no more)
(remove|delete|erase) (this|my|the) (number|phone|contact|data|info|details) [please|now|from] \
[your|the] [list|lists|system|database|records|thanks|asap]
(remove|delete) me ... (<LIST-EN>|asap|now|please|immediately)
(opt|opting) [me] out
(withdraw*|revok*) ... consent
leave (me|us) alone
(don t|do not) send (any|more|further|anymore) ... (<MAIL-EN>)
(remove|delete|take) [me|us] [off] (from|off) ... (<LIST-EN>)
(cancel|end|terminate|stop) (my|this|the) subscription ... (<MAIL-EN>|these|this)
(<MAIL-EN>) ... (please|just|pls) (stop|unsubscribe) $
(mind|appreciate it if you) ... not (texting|messaging|contacting|writing|sending|spamming)
(rather|prefer) you (didn t|did not|don t|do not) (text|message|contact|write|spam) ...
(leave|keep|cut|get) (me|us|my number) out of ... (<LIST-EN>|<TOLD-EN>)
(keep|kept|keeps) (texting|messaging|spamming|sending|contacting) ... stop ...
(never|didn t|did not) (sign|signed) up (for|to) (this|these|your) ...
cease and desist
get rid of (my|this) (number|contact)
(stop|quit) (bugging|pestering|annoying|hassling|pinging|flooding|hounding|bombarding) ...
(stop|quit) (hitting|blowing) (me|up|my) ...
(stop|quit|enough) [it] with [<LITTLE>] [<LITTLE>] (<MAIL-EN>)
(rather|prefer) not [to] (receive|get|have|be) ... (<TOLD-EN>|contacted|messaged|texted)
(refrain|desist) from ... (messag*|text*|contact*|send*|writ*)
(don t|do not|never|did not|didn t) (consent|agree|consented|agreed) to ... (<MAIL-EN>|contacted)
(turn|switch|shut) off [<LITTLE>] [<LITTLE>] (<TOLD-EN>) ...
(turn|switch|shut) (these|them|those|this) off
(done|finished|through) with [<LITTLE>] [<LITTLE>] (messages|texts|ads|spam|promo*|offers)
(too many|so many|too much) ... (<MAIL-EN>|message) ... (unsubscribe|stop|remove|take me|take my|\
opt out)
(get|take|want|let) (me|my number|us|this number|to be|to get) [taken] (off|out|removed) (of|\
from) ... (<LIST-EN>)
want out [of] ...
(be|get) (removed|deleted|taken off|unsubscribed) [from] ...
(remove|delete|take) me (from|off|out of) ... (<LIST-EN>|contact*)
spam ... (stop|unsubscribe|remove) $
(do not|don t) send (me|us) any (further|more|other|additional) ...
no (further|more) [<LITTLE>] [<LITTLE>] (<MAIL-EN>|msgs|contact) [<TAIL>] $
no (further|more) (contact|messages|texts|marketing) ...
no (ads|adverts|advertising|spam|promos|promotions|marketing|newsletters) [<TAIL>] [<TAIL>] $
(take|get) (me|us|my number|this number) off ... (distribution|contacts|chat|books)
lose my number
"""

# What sounds like the above and is not: a complaint of silence, an order about something else, a
# wish to stay.
NOT_STOP: Final = """
(don t|do not|never|not) [want to] (unsubscribe|opt|remove|take|delete|drop)
why (did|do|have) you [ever] (stop*|quit|not|never|don t)
if i (unsubscribe|opt out)
(don t|do not) (message|text|write|contact) ... (courier|driver|office|him|her|them)
can t (stop|quit)
no more ... (left|available|in stock)
no more (questions|tickets|rooms|seats|tables)
(don t|do not) send (it|him|her|the order|the parcel|the package)
"""

RESUME: Final = """
(start|resume|begin) (sending|texting|messaging) ... (again|<MAIL-EN>)
(want|like|wish) to (receive|get) ... (<MAIL-EN>) again
(want|like|wish) to hear from you again
(resubscribe|re subscribe|opt me back in|sign me up again|sign me back up)
(subscribe|add|put) me (back|again)
(want|like) to (get|receive|have) ... (<MAIL-EN>) (again|back)
(add|put|get|sign) me (back|again)
you can (text|message|write) me again
(start|begin) (getting|receiving) ... (<MAIL-EN>) again
"""
