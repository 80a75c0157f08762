"""The words for why nobody is let in through the company, and for what is wrong at its provider."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from sportello.fetching.client import Failure
from sportello.fetching.openid import Flaw
from sportello.rules.admission import Turned

REFUSED: Final[dict[str, Promise]] = {
    Turned.UNVERIFIED: gettext_lazy(
        "The company's sign-in does not say that your e-mail address is verified. Whoever looks "
        "after it there can verify it; then try again."
    ),
    Turned.UNKNOWN: gettext_lazy(
        "Nobody of this company has that e-mail address here, and no invitation is open for it. "
        "Ask an administrator to invite you."
    ),
    Turned.RESTS: gettext_lazy(
        "Your access to this company rests. An administrator can give it back."
    ),
    Turned.OTHER_ACCOUNT: gettext_lazy(
        "This e-mail address belongs to somebody else here, whom the company's sign-in knows by "
        "another account. Ask an administrator to remove that person and to invite you."
    ),
    Turned.ELSEWHERE: gettext_lazy(
        "You belong to more than one company here: sign in with your password. One company's "
        "sign-in must not open another's door."
    ),
    Turned.INSTALLER: gettext_lazy("You look after this installation: sign in with your password."),
    "no_way": gettext_lazy(
        "This sign-in was begun in another browser, or more than ten minutes ago. Begin again."
    ),
    "broken_off": gettext_lazy("The sign-in was broken off at the company's. Begin again."),
    Flaw.TOKEN_UNTRUE: gettext_lazy(
        "What the company's sign-in answered could not be proved true, so nobody was let in. If it "
        "happens again, tell an administrator."
    ),
    Flaw.CODE_REFUSED: gettext_lazy(
        "The company's sign-in did not accept us: its client id or secret may have changed. An "
        "administrator can look at Settings."
    ),
}
_ASKED: Final[dict[str, Promise]] = {
    Flaw.INSECURE: gettext_lazy("The provider names an address without https://."),
    Flaw.NOT_A_PROVIDER: gettext_lazy(
        "There is no description of a provider at /.well-known/openid-configuration below that "
        "address."
    ),
    Flaw.OTHER_ISSUER: gettext_lazy(
        "The provider calls itself by another address. Copy the issuer exactly as it stands there, "
        "also the slash at its end."
    ),
    Failure.FORBIDDEN_ADDRESS: gettext_lazy(
        "That address is not on the public internet. Whoever runs the installation can allow hosts "
        "of the house."
    ),
    Failure.NO_SUCH_HOST: gettext_lazy("No such host: look for a slip in the address."),
    "too_slow": gettext_lazy("The provider took too long to answer. Try again in a minute."),
    "failed_there": gettext_lazy("The provider has a problem of its own. Try again in a minute."),
    "redirects": gettext_lazy("The provider leads elsewhere: enter the address to which it leads."),
}
_UNREACHABLE: Final = gettext_lazy("The provider does not answer. Try again in a minute.")


def words_of_flaw(code: str) -> Promise:
    return REFUSED.get(code) or _ASKED.get(code) or _UNREACHABLE
