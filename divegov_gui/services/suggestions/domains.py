"""Mail domains that are known to exist, and finding the one that a mistyped domain meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

_PROVIDERS = """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com outlook.de outlook.fr outlook.es outlook.it
    hotmail.de hotmail.fr hotmail.es hotmail.it hotmail.co.uk hotmail.nl hotmail.se live.de live.fr live.it live.nl
    live.co.uk live.se yahoo.com yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.co.uk yahoo.co.jp yahoo.co.in yahoo.ca
    yahoo.com.au yahoo.com.br ymail.com rocketmail.com icloud.com me.com mac.com aol.com aol.de aim.com mail.com
    email.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de freenet.de t-online.de posteo.de mailbox.org arcor.de
    online.de proton.me protonmail.com protonmail.ch pm.me tutanota.com tuta.io fastmail.com hey.com zoho.com
    orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr numericable.fr libero.it virgilio.it alice.it
    tiscali.it tin.it tiscali.co.uk btinternet.com sky.com virginmedia.com talktalk.net ntlworld.com blueyonder.co.uk
    terra.es telefonica.net terra.com.br uol.com.br bol.com.br ig.com.br sapo.pt wp.pl onet.pl onet.eu interia.pl
    o2.pl op.pl gazeta.pl poczta.fm tlen.pl seznam.cz centrum.cz email.cz post.cz azet.sk freemail.hu citromail.hu
    abv.bg yandex.ru yandex.com mail.ru rambler.ru bk.ru inbox.ru list.ru ukr.net inbox.lv one.lt telenet.be
    skynet.be proximus.be ziggo.nl kpnmail.nl planet.nl xs4all.nl home.nl bluewin.ch sunrise.ch hispeed.ch aon.at
    chello.at a1.net telia.com bredband.net spray.se online.no broadpark.no jubii.dk mail.dk stofanet.dk pp.inet.fi
    comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com
    optonline.net shaw.ca rogers.com sympatico.ca bell.net bigpond.com optusnet.com.au xtra.co.nz naver.com
    daum.net hanmail.net qq.com 163.com 126.com sina.com foxmail.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp
    rediffmail.com walla.co.il bezeqint.net mynet.com hotmail.com.tr example.com example.net example.org
"""

_TOP_LABELS = {
    **dict.fromkeys(("con", "cmo", "ocm", "comm", "vom", "xom", "cim", "coom", "co,", "cpm", "com1"), "com"),
    **dict.fromkeys(("nte", "ent", "met", "bet", "nett"), "net"),
    **dict.fromkeys(("ogr", "rog", "orgg", "prg"), "org"),
    **dict.fromkeys(("exmaple", "examle", "exampel", "exampl", "eample"), "example"),
}
"""Top labels that do not exist and what they mean."""


class KnownDomains:
    """The providers that people use, and the domains that are frequent among the platform's own divers."""

    def __init__(self, frequent: Iterable[str] = ()) -> None:
        self._domains: tuple[str, ...] = tuple(dict.fromkeys((*_PROVIDERS.split(), *frequent)))
        self._known = frozenset(self._domains)
        self._by_first_label: dict[str, list[str]] = {}
        for domain in self._domains:
            self._by_first_label.setdefault(domain.split(".")[0], []).append(domain)
        self._without_dots = {domain.replace(".", ""): domain for domain in self._domains}
        self._found: dict[str, tuple[str, ...]] = {}

    def __contains__(self, domain: str) -> bool:
        return domain in self._known

    def ends(self, text: str) -> Sequence[str]:
        """The known domains that `text` ends in with something before it, the longest only."""
        for start in range(1, len(text)):
            if text[start:] in self._known:
                return (text[start:],)
        return ()

    def meant_by(self, domain: str) -> tuple[str, ...]:
        """The known domains that `domain` may be a slip of, the nearest first; none for one that is known."""
        if domain in self._known:
            return ()
        if domain not in self._found:
            if len(self._found) > 50_000:
                self._found.clear()
            self._found[domain] = tuple(dict.fromkeys(self._candidates(domain)))
        return self._found[domain]

    def _candidates(self, domain: str) -> list[str]:
        first, _, rest = domain.partition(".")
        top = domain.rpartition(".")[2]
        if rest and top in _TOP_LABELS:
            meant = domain.removesuffix(top) + _TOP_LABELS[top]
            return [meant] if meant in self._known else [*self._nearest(meant), meant]
        if not _could_be_a_top_label(top) or not rest:
            if domain in self._without_dots:
                return [self._without_dots[domain]]
            return self._by_first_label.get(first, [])[:1] or self._nearest_first_label(first)
        return self._nearest(domain)

    def _nearest_first_label(self, label: str) -> list[str]:
        """The first domain whose first label is a slip away: `gmial` is gmail.com."""
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        if len(label) < 4:
            return []
        found = extract(label, self._by_first_label.keys(), scorer=OSA.distance, score_cutoff=1, limit=2)
        return [self._by_first_label[name][0] for name, _, _ in found]

    def _nearest(self, domain: str) -> list[str]:
        """The known domains one slip away, or two of a long one that both keep the first letter."""
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        allowed = 1 if len(domain) < 9 else 2
        found = extract(domain, self._domains, scorer=OSA.distance, score_cutoff=allowed, limit=3)
        if not found:
            return []
        nearest = min(distance for _, distance, _ in found)
        return [
            name
            for name, distance, _ in found
            if distance == nearest and (distance == 1 or name[0] == domain[0])
        ]


def frequent_domains(emails: Iterable[str | None], at_least: int = 3, limit: int = 200) -> tuple[str, ...]:
    """The domains that occur `at_least` times among `emails`, the most frequent first."""
    counted = Counter(
        email.rpartition("@")[2].lower() for email in emails if email and "@" in email and "XXX" not in email
    )
    return tuple(domain for domain, count in counted.most_common(limit) if domain and count >= at_least)


def _could_be_a_top_label(label: str) -> bool:
    return len(label) >= 2 and not label.isdigit()
