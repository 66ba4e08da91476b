"""Where Rialto's customers live: names, streets, carriers and the stations of a parcel, by country."""

from __future__ import annotations

import msgspec

from fondaco.kit.language import Language

LEIPZIG = "Leipzig-Radefeld"  #: serves Europe
KOBE = "Kobe"  #: serves Asia


class Name(msgspec.Struct, frozen=True):
    """A name as written, and in Latin letters for an e-mail address."""

    written: str
    latin: str


class Place(msgspec.Struct, frozen=True):
    """A town with one of its postcodes."""

    postcode: str
    city: str


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A country that Rialto sends to."""

    country: str  #: ISO 3166-1 alpha-2
    weight: int  #: share of the orders
    language: Language
    mail_domain: str
    family_first: bool
    given: tuple[Name, ...]
    family: tuple[Name, ...]
    places: tuple[Place, ...]
    streets: tuple[str, ...]  #: with {number} where the house number stands
    carrier: str
    warehouse: str
    hub: str  #: last big station before the town


def _names(text: str) -> tuple[Name, ...]:
    pairs = (word.split("=") for word in text.split())
    return tuple(Name(pair[0], pair[-1].lower()) for pair in pairs)


def _places(text: str) -> tuple[Place, ...]:
    return tuple(Place(*place.strip().split("|")) for place in text.split(";"))


def regions() -> tuple[Region, ...]:
    """Return the nine countries, the one with most orders first."""
    return (_germany(), _china(), _japan(), _korea(), _britain(), _austria(), _switzerland(), *_small())


_GERMAN_GIVEN = (
    "Mira Jonas Leonie Felix Hannah Lukas Johanna Emil Clara Moritz Frieda Anton Ida Theo Greta Paul "
    "Jörg=joerg Käthe=kaethe Sabine Ulrich"
)
_GERMAN_FAMILY = (
    "Hoffmann Schneider Weber Wagner Becker Schulz Richter Klein Wolf Neumann Braun Zimmermann Hartmann "
    "Krüger=krueger Schäfer=schaefer Böhm=boehm Vogel Seidel Brandt Lorenz"
)
_ENGLISH_GIVEN = "Olivia George Amelia Harry Isla Arthur Freya Oscar Niamh Conor Aoife Liam Grace Edward Ruth"
_ENGLISH_FAMILY = "Smith Taylor Evans Walker Wright Murphy Kelly Byrne Ryan Bennett Clarke Hughes Foster Shaw"


def _germany() -> Region:
    return Region(
        country="DE",
        weight=30,
        language=Language.DE,
        mail_domain="example.com",
        family_first=False,
        given=_names(_GERMAN_GIVEN),
        family=_names(_GERMAN_FAMILY),
        places=_places(
            "10115|Berlin; 20095|Hamburg; 80331|München; 50667|Köln; 04109|Leipzig; 01067|Dresden; "
            "70173|Stuttgart; 60311|Frankfurt am Main; 28195|Bremen; 79098|Freiburg"
        ),
        streets=("Lindenstraße {number}", "Gartenweg {number}", "Schulstraße {number}", "Am Markt {number}"),
        carrier="DHL",
        warehouse=LEIPZIG,
        hub="Leipzig/Halle",
    )


def _austria() -> Region:
    return Region(
        country="AT",
        weight=6,
        language=Language.DE,
        mail_domain="example.com",
        family_first=False,
        given=_names(_GERMAN_GIVEN),
        family=_names("Gruber Huber Bauer Steiner Moser Hofer Leitner Berger Fuchs Eder Pichler Egger"),
        places=_places("1010|Wien; 5020|Salzburg; 8010|Graz; 6020|Innsbruck; 4020|Linz"),
        streets=("Kirchengasse {number}", "Hauptplatz {number}", "Mühlgasse {number}"),
        carrier="Österreichische Post",
        warehouse=LEIPZIG,
        hub="Wien Inzersdorf",
    )


def _switzerland() -> Region:
    return Region(
        country="CH",
        weight=5,
        language=Language.DE,
        mail_domain="example.com",
        family_first=False,
        given=_names("Urs Regula Beat Ursina Reto Flurina Noah Lea Nino Seraina Luca Anja"),
        family=_names("Müller=mueller Meier Keller Frei Baumann Gerber Brunner Widmer Zürcher=zuercher"),
        places=_places("8001|Zürich; 3011|Bern; 4051|Basel; 6003|Luzern; 9000|St. Gallen"),
        streets=("Bahnhofstrasse {number}", "Seestrasse {number}", "Dorfstrasse {number}"),
        carrier="Schweizerische Post",
        warehouse=LEIPZIG,
        hub="Härkingen",
    )


def _britain() -> Region:
    return Region(
        country="GB",
        weight=10,
        language=Language.EN,
        mail_domain="example.com",
        family_first=False,
        given=_names(_ENGLISH_GIVEN),
        family=_names(_ENGLISH_FAMILY),
        places=_places(
            "SW1A 1AA|London; M1 1AE|Manchester; EH1 1YZ|Edinburgh; BS1 4DJ|Bristol; LS1 4AP|Leeds"
        ),
        streets=("{number} Station Road", "{number} Church Lane", "{number} Mill Street"),
        carrier="Royal Mail",
        warehouse=LEIPZIG,
        hub="East Midlands",
    )


def _small() -> tuple[Region, Region]:
    ireland = Region(
        country="IE",
        weight=4,
        language=Language.EN,
        mail_domain="example.com",
        family_first=False,
        given=_names(_ENGLISH_GIVEN),
        family=_names(_ENGLISH_FAMILY),
        places=_places("D02 X285|Dublin; T12 W8K1|Cork; H91 E2R1|Galway"),
        streets=("{number} Quay Street", "{number} Abbey Road"),
        carrier="An Post",
        warehouse=LEIPZIG,
        hub="Dublin Airport",
    )
    netherlands = Region(
        country="NL",
        weight=5,
        language=Language.EN,
        mail_domain="example.com",
        family_first=False,
        given=_names("Sanne Daan Femke Bram Lotte Sem Fleur Thijs Noor Jasper"),
        family=_names("Jansen Bakker Visser Smit Meijer Mulder Bos Dekker Kuipers"),
        places=_places("1012 AB|Amsterdam; 3011 AD|Rotterdam; 3511 BX|Utrecht; 2511 CV|Den Haag"),
        streets=("Molenstraat {number}", "Kerkstraat {number}"),
        carrier="PostNL",
        warehouse=LEIPZIG,
        hub="Amsterdam Westpoort",
    )
    return ireland, netherlands


def _china() -> Region:
    return Region(
        country="CN",
        weight=16,
        language=Language.ZH,
        mail_domain="example.cn",
        family_first=True,
        given=_names(
            "伟=wei 芳=fang 娜=na 敏=min 静=jing 丽=li 强=qiang 磊=lei 洋=yang 艳=yan 勇=yong 杰=jie "
            "欣怡=xinyi 子涵=zihan 浩然=haoran 雨桐=yutong 思远=siyuan"
        ),
        family=_names(
            "王=wang 李=li 张=zhang 刘=liu 陈=chen 杨=yang 黄=huang 赵=zhao 周=zhou 吴=wu 徐=xu 孙=sun"
        ),
        places=_places(
            "200040|上海; 100005|北京; 510030|广州; 518001|深圳; 310002|杭州; 610021|成都; 210008|南京"
        ),
        streets=("中山路{number}号", "人民路{number}号", "解放街{number}号"),
        carrier="SF Express",
        warehouse=KOBE,
        hub="Shanghai Pudong",
    )


def _japan() -> Region:
    return Region(
        country="JP",
        weight=14,
        language=Language.JA,
        mail_domain="example.jp",
        family_first=True,
        given=_names(
            "陽菜=hina 結衣=yui 美咲=misaki 葵=aoi 蓮=ren 大翔=hiroto 湊=minato 健太=kenta 直樹=naoki "
            "恵子=keiko 裕子=yuko 拓也=takuya"
        ),
        family=_names(
            "佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 伊藤=ito 渡辺=watanabe 山本=yamamoto "
            "中村=nakamura 小林=kobayashi 加藤=kato"
        ),
        places=_places(
            "530-0001|大阪市; 100-0005|東京都; 650-0021|神戸市; 604-8005|京都市; "
            "460-0008|名古屋市; 812-0011|福岡市"
        ),
        streets=("本町{number}丁目3-5", "中央{number}丁目1-8", "桜台{number}丁目2-11"),
        carrier="Yamato Transport",
        warehouse=KOBE,
        hub="Osaka Nanko",
    )


def _korea() -> Region:
    return Region(
        country="KR",
        weight=10,
        language=Language.KO,
        mail_domain="example.kr",
        family_first=True,
        given=_names(
            "민준=minjun 서연=seoyeon 지우=jiwoo 서준=seojun 하은=haeun 도윤=doyun 지민=jimin 수빈=subin "
            "현우=hyunwoo 유진=yujin"
        ),
        family=_names("김=kim 이=lee 박=park 최=choi 정=jung 강=kang 조=cho 윤=yoon 장=jang 임=lim"),
        places=_places("04524|서울; 48058|부산; 41911|대구; 22008|인천; 61475|광주; 34126|대전"),
        streets=("세종대로 {number}", "중앙로 {number}", "해운대로 {number}"),
        carrier="CJ Logistics",
        warehouse=KOBE,
        hub="Incheon",
    )
