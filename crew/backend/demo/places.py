"""Real addresses of Boston with their coordinates: facts for the demo city. Holds no words about anything."""

from typing import Final

from crew.domain.value import Value


class Place(Value):
    """An address and where it is, in WGS 84 degrees."""

    address: str
    lat: float
    long: float

    @property
    def is_corner(self) -> bool:
        """Whether it is a crossing of two streets."""
        return " & " in self.address


def _places(area: str, text: str) -> tuple[Place, ...]:
    """Read lines of "address|latitude|longitude"."""
    rows = (line.split("|") for line in text.strip().splitlines())
    return tuple(Place(f"{address}, {area}", float(lat), float(long)) for address, lat, long in rows)


PLACES_OF_CREW: Final = {
    "PWDx_District 1A: Charlestown": _places(
        "Charlestown",
        """
411 Bunker Hill St|42.3829|-71.0702
174 Bunker Hill St|42.3784|-71.0615
82 High St|42.3773|-71.0652
3 Devens St|42.3738|-71.0638
First Ave & Ninth St|42.3761|-71.0525
Essex St & Main St|42.3791|-71.0687
""",
    ),
    "PWDx_District 1C: Downtown": _places(
        "Boston",
        """
230 Congress St|42.3545|-71.0542
55 Cooper St|42.3645|-71.0579
14 Moon St|42.3642|-71.0528
98 W Cedar St|42.3607|-71.0702
172 Commonwealth Ave|42.3512|-71.0791
829 Boylston St|42.3489|-71.0827
127 Bay State Rd|42.3505|-71.0991
32-34 Symphony Rd|42.3428|-71.0883
86 Dartmouth St|42.3454|-71.0752
121 Jersey St|42.3425|-71.0970
Essex St & Kingston St|42.3525|-71.0594
Causeway St & Lomasney Way|42.3642|-71.0634
State St & Surface Rd|42.3595|-71.0525
Irving St & Revere St|42.3596|-71.0664
""",
    ),
    "PWDx_District 03: North Dorchester": _places(
        "Dorchester",
        """
422 Columbia Rd|42.3124|-71.0692
7 Gayland St|42.3201|-71.0768
25 Taft St|42.3175|-71.0581
73 Hamilton St|42.3081|-71.0698
32 Eastman St|42.3202|-71.0645
Coleman St & Quincy St|42.3086|-71.0657
Pleasant St & Sawyer Ave|42.3128|-71.0589
""",
    ),
    "PWDx_District 07: South Dorchester": _places(
        "Dorchester",
        """
71 Alban St|42.2874|-71.0661
364-366 Neponset Ave|42.2871|-71.0453
21 Gibson St|42.2973|-71.0598
12 Roseland St|42.2912|-71.0640
85 Milton Ave|42.2830|-71.0765
37 Rosemont St|42.2928|-71.0552
Adams St & Ashmont St|42.2882|-71.0554
Dorchester Ave & Park St|42.2986|-71.0606
""",
    ),
    "PWDx_District 04: Allston/Brighton": _places(
        "Brighton",
        """
434 Washington St|42.3489|-71.1570
301 Allston St|42.3444|-71.1408
110 Bigelow St|42.3558|-71.1671
29 Henshaw St|42.3500|-71.1511
140 Parsons St|42.3549|-71.1559
Chestnut Hill Ave & Chiswick Rd|42.3412|-71.1548
Faneuil St & Oak Square Ave|42.3523|-71.1636
Washington St & Snow St|42.3470|-71.1484
""",
    ),
    "PWDx_District 05: South Boston": _places(
        "South Boston",
        """
895 E Fourth St|42.3347|-71.0275
212 Dorchester St|42.3331|-71.0503
368-372 W Broadway|42.3379|-71.0489
121 M St|42.3338|-71.0334
168 Emerson St|42.3353|-71.0387
O St & E Third St|42.3366|-71.0292
B St & W Fifth St|42.3395|-71.0555
""",
    ),
    "PWDx_District 06: West Roxbury and Roslindale": _places(
        "West Roxbury",
        """
1779 Centre St|42.2877|-71.1516
328 Lagrange St|42.2789|-71.1557
87 Grove St|42.2661|-71.1598
5091 Washington St|42.2643|-71.1543
238 Vermont St|42.2875|-71.1649
Corey St & Midvale Rd|42.2894|-71.1585
Baker St & VFW Pkwy|42.2877|-71.1714
""",
    ),
    "PWDx_District 08: Hyde Park": _places(
        "Hyde Park",
        """
1137 River St|42.2572|-71.1204
175 Clare Ave|42.2720|-71.1194
63 Tacoma St|42.2682|-71.1139
59 Badger Rd|42.2405|-71.1253
Clay St & Hyde Park Ave|42.2581|-71.1236
Loring St & Neponset Ave|42.2486|-71.1189
""",
    ),
    "PWDx_District 09: East Boston": _places(
        "East Boston",
        """
559 Bennington St|42.3823|-71.0186
228 Chelsea St|42.3756|-71.0324
67 Marion St|42.3786|-71.0378
149 Webster St|42.3659|-71.0355
60 Bayswater St|42.3845|-71.0045
Brooks St & Eutaw St|42.3799|-71.0358
Everett St & Jeffries St|42.3652|-71.0293
""",
    ),
    "PWDx_District 10B: Roxbury": _places(
        "Roxbury",
        """
17 Lambert Ave|42.3284|-71.0898
65 Warren St|42.3281|-71.0836
47 Regent St|42.3247|-71.0859
453 Shawmut Ave|42.3394|-71.0753
35 Winthrop St|42.3260|-71.0811
Guild St & Washington St|42.3262|-71.0877
Albany St & Union Park St|42.3396|-71.0649
Harrison Ave & Traveler St|42.3445|-71.0640
""",
    ),
}
"""Addresses by the district crew that looks after them."""
