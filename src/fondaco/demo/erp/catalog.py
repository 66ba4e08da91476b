"""What Rialto sells: forty products, named in five languages."""

from __future__ import annotations

from functools import cache

import msgspec

from fondaco.kit.language import Language


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """A product with its list price and, by language, its name followed by the other words for it."""

    sku: str
    price_minor: int
    words: dict[Language, tuple[str, ...]]

    @property
    def names(self) -> dict[Language, str]:
        """What the product is called, by language."""
        return {language: words[0] for language, words in self.words.items()}

    @property
    def aliases(self) -> tuple[str, ...]:
        """The other words for it, of all languages."""
        return tuple(word for words in self.words.values() for word in words[1:])


@cache
def catalog() -> tuple[Product, ...]:
    """Return all products in the order of the printed list; the first is the best known."""
    return tuple(_parse(entry.splitlines()) for entry in _LIST.strip().split("\n\n"))


def _parse(lines: list[str]) -> Product:
    sku, price = lines[0].split()
    words = {Language(language): names for language, names in map(_words, lines[1:])}
    return Product(sku=sku, price_minor=int(price), words=words)


def _words(line: str) -> tuple[str, tuple[str, ...]]:
    language, names = line.split(maxsplit=1)
    return language, tuple(name.strip() for name in names.split(";"))


# An entry is: sku and price in minor units; then a line a language with the name and, after semicolons,
# other words for it. No word stands for two products, or a search could not decide.
_LIST = """
TK-104 4990
de Seladon-Teekanne; Teekanne; Seladonkanne; Seladon
en Celadon teapot; teapot; green teapot; tea pot; celadon
zh 青瓷茶壶; 茶壶; 瓷壶
ja 青磁の急須; 急須; ティーポット
ko 청자 찻주전자; 찻주전자; 티포트

TK-101 2950
de Porzellan-Gaiwan; Gaiwan; Deckeltasse
en Porcelain gaiwan; lidded cup
zh 白瓷盖碗; 盖碗
ja 白磁の蓋碗; 蓋碗
ko 백자 개완; 개완

TK-102 3600
de Matcha-Schale; Teeschale; Chawan; Schale
en Matcha bowl; tea bowl; bowl
zh 抹茶碗; 茶碗
ja 抹茶茶碗; 抹茶椀
ko 말차 다완; 다완

TK-103 8900
de Yixing-Tonkännchen; Tonkanne; Yixing
en Yixing clay pot; clay pot
zh 宜兴紫砂壶; 紫砂壶
ja 宜興の紫砂茶壺; 紫砂茶壺
ko 이싱 자사호; 자사호

TK-105 3990
de Teebecher-Set Indigo; Teebecher; Becherset
en Indigo tea cup set; tea cups; cup set
zh 靛蓝茶杯套装; 茶杯
ja 藍染付の湯呑みセット; 湯呑み; 湯のみ
ko 쪽빛 찻잔 세트; 찻잔

TK-106 2400
de Teedose aus Steingut; Teedose
en Stoneware tea caddy; tea caddy; tea tin; caddy
zh 陶制茶叶罐; 茶叶罐
ja 陶器の茶筒; 茶筒
ko 도기 차통; 차통

TK-107 3200
de Frühstücksteller Salzglasur; Frühstücksteller; Teller
en Salt-glazed plate; breakfast plate; plate
zh 盐釉早餐盘; 早餐盘; 盘子
ja 塩釉のプレート; お皿
ko 소금유 접시; 접시

TK-108 5900
de Ikebana-Vase; Vase; Blumenvase; Ikebana
en Ikebana vase; flower vase
zh 插花花瓶; 花瓶
ja 生け花の花器; 花器
ko 꽃꽂이 화병; 화병; 꽃병

TE-101 1290
de Sencha Uji; Sencha; Grüntee
en Uji sencha; green tea
zh 宇治煎茶; 绿茶
ja 宇治の煎茶; 煎茶; 緑茶
ko 우지 센차; 센차; 녹차

TE-102 2490
de Gyokuro Yame; Gyokuro; Schattentee
en Yame gyokuro; shade-grown tea
zh 八女玉露; 玉露茶
ja 八女の玉露; 玉露
ko 야메 교쿠로; 교쿠로; 옥로차

TE-103 1890
de Longjing Drachenbrunnen; Longjing; Drachenbrunnentee
en Dragon Well longjing; dragon well; dragonwell
zh 西湖龙井; 龙井; 龙井茶
ja 西湖龍井茶; 龍井茶; ロンジン茶
ko 서호 용정차; 용정차; 롱징

TE-104 1690
de Tieguanyin Oolong; Oolong; Oolongtee; Tieguanyin
en Tie Guan Yin oolong; oolong tea
zh 安溪铁观音; 铁观音; 乌龙茶
ja 安渓鉄観音; 鉄観音; 烏龍茶; ウーロン茶
ko 안시 철관음; 철관음; 우롱차

TE-105 3400
de Pu-Erh Fladen 2016; Pu-Erh; Puerh; Pu-Erh-Tee
en Pu-erh cake 2016; pu-erh cake; puerh cake
zh 普洱茶饼2016; 普洱; 普洱茶
ja プーアル餅茶2016; プーアル茶; プーアル
ko 보이차 병차 2016; 보이차

TE-106 1190
de Jasmintee Perlen; Jasmintee; Jasminperlen
en Jasmine pearls; jasmine tea
zh 茉莉龙珠; 茉莉花茶
ja ジャスミン龍珠; ジャスミン茶
ko 자스민 펄; 자스민차; 재스민차

TE-107 990
de Earl Grey Bergamotte; Earl Grey
en Earl Grey bergamot; bergamot tea
zh 伯爵红茶; 伯爵茶; 红茶
ja アールグレイ紅茶; アールグレイ; 紅茶
ko 얼그레이 홍차; 얼그레이; 홍차

TE-108 2190
de Matcha Zeremonie; Matcha; Matchapulver
en Ceremonial matcha; matcha powder
zh 仪式级抹茶; 抹茶粉; 抹茶
ja お点前用の抹茶; 抹茶パウダー
ko 다도용 말차; 말차 가루; 말차

LA-301 5490
de Papierlaterne Mond; Papierlaterne; Reispapierlampe
en Moon paper lantern; paper lantern; rice paper lamp
zh 月亮纸灯笼; 纸灯笼; 灯笼
ja 月の提灯; 提灯; 紙ちょうちん
ko 달 종이등; 종이등; 종이 랜턴

LA-302 8990
de Schreibtischlampe Messing; Schreibtischlampe; Tischlampe
en Brass desk lamp; desk lamp; table lamp
zh 黄铜台灯; 台灯
ja 真鍮のデスクライト; デスクライト; 卓上ライト
ko 황동 책상 스탠드; 책상 스탠드; 데스크 램프

LA-303 14900
de Stehlampe Bambus; Stehlampe; Bambuslampe
en Bamboo floor lamp; floor lamp; standing lamp
zh 竹制落地灯; 落地灯
ja 竹のフロアランプ; フロアランプ; フロアライト
ko 대나무 플로어 램프; 플로어 램프; 장스탠드

LA-304 4590
de Nachttischlampe Kiesel; Nachttischlampe; Nachtlampe
en Pebble bedside lamp; bedside lamp; night lamp
zh 鹅卵石床头灯; 床头灯; 夜灯
ja 小石のベッドサイドランプ; ベッドサイドランプ; ナイトランプ
ko 조약돌 침실 램프; 침실 램프; 무드등

LA-305 12900
de Pendelleuchte Murano; Pendelleuchte; Hängelampe; Murano
en Murano pendant light; pendant light; hanging lamp
zh 穆拉诺吊灯; 吊灯
ja ムラーノのペンダントライト; ペンダントライト
ko 무라노 펜던트 조명; 펜던트 조명; 펜던트등

LA-306 7490
de Wandleuchte Fächer; Wandleuchte; Wandlampe
en Fan wall light; wall light; wall lamp
zh 扇形壁灯; 壁灯
ja 扇の壁掛けライト; 壁掛けライト; ウォールライト
ko 부채꼴 벽등; 벽등

LA-307 3990
de Campinglaterne Karawane; Campinglaterne; Campinglampe
en Caravan camping lantern; camping lantern; camping lamp
zh 商队露营灯; 露营灯
ja キャラバンのランタン; キャンプランタン; ランタン
ko 캐러밴 캠핑 랜턴; 캠핑 랜턴; 캠핑등

LA-308 2290
de Lichterkette Lampions; Lichterkette
en Lampion string lights; string lights; fairy lights
zh 小灯笼串灯; 串灯
ja 提灯ストリングライト; ストリングライト
ko 등롱 줄조명; 줄조명

TX-401 6900
de Tischdecke aus Leinen; Tischdecke; Leinentischdecke
en Linen tablecloth; tablecloth; table cloth
zh 亚麻桌布; 桌布
ja リネンのテーブルクロス; テーブルクロス
ko 리넨 식탁보; 식탁보; 테이블보

TX-402 7900
de Seidenschal Lagune; Seidenschal; Seidentuch; Schal
en Lagoon silk scarf; silk scarf; scarf
zh 潟湖真丝围巾; 真丝围巾; 丝巾; 围巾
ja ラグーンのシルクスカーフ; シルクスカーフ; スカーフ
ko 라군 실크 스카프; 실크 스카프; 스카프

TX-403 9900
de Wolldecke Fischgrat; Wolldecke; Decke
en Herringbone wool blanket; wool blanket; blanket
zh 人字纹羊毛毯; 羊毛毯; 毯子
ja ヘリンボーンのウール毛布; ウール毛布; 毛布; ブランケット
ko 헤링본 울 담요; 울 담요; 담요

TX-404 2990
de Badetuch Waffelpikee; Badetuch; Handtuch
en Waffle bath towel; bath towel; towel
zh 华夫格浴巾; 浴巾; 毛巾
ja ワッフルのバスタオル; バスタオル; タオル
ko 와플 목욕 수건; 목욕 수건; 수건

TX-405 3490
de Kissenbezug Sashiko; Kissenbezug; Kissenhülle; Sashiko
en Sashiko cushion cover; cushion cover; pillow case
zh 刺子绣抱枕套; 抱枕套; 靠垫套
ja 刺し子のクッションカバー; クッションカバー
ko 사시코 쿠션 커버; 쿠션 커버

TX-406 1990
de Furoshiki Welle; Furoshiki; Einschlagtuch
en Wave furoshiki; wrapping cloth
zh 波浪风吕敷; 风吕敷; 包袱布
ja 波の風呂敷; 風呂敷
ko 물결 보자기; 보자기

TX-407 8490
de Yukata Morgen; Yukata; Bademantel
en Morning yukata; bathrobe; bath robe
zh 晨曦浴衣; 浴衣
ja 朝の浴衣; ゆかた; バスローブ
ko 아침 유카타; 유카타; 목욕 가운

TX-408 1290
de Geschirrtuch Streifen; Geschirrtuch; Küchentuch
en Striped tea towel; tea towel; dish towel
zh 条纹茶巾; 茶巾; 擦碗布
ja ストライプのキッチンクロス; キッチンクロス; ふきん
ko 줄무늬 티타월; 티타월; 행주

TR-501 18900
de Kabinenkoffer Polo; Kabinenkoffer; Koffer; Handgepäckkoffer
en Polo cabin suitcase; cabin suitcase; suitcase; cabin bag
zh 马可登机箱; 登机箱; 行李箱
ja ポーロの機内スーツケース; 機内スーツケース; スーツケース
ko 폴로 기내용 캐리어; 기내용 캐리어; 캐리어; 여행 가방

TR-502 3290
de Nackenkissen Memory; Nackenkissen; Reisekissen
en Memory neck pillow; neck pillow; travel pillow
zh 记忆棉颈枕; 颈枕; u型枕
ja 低反発ネックピロー; ネックピロー; 首枕
ko 메모리폼 목베개; 목베개

TR-503 3490
de Thermobecher Karawane; Thermobecher; Reisebecher; Thermosbecher
en Caravan travel mug; travel mug; thermos; thermos mug; mug
zh 商队保温杯; 保温杯
ja キャラバンの保温マグ; 保温マグ; 水筒; タンブラー
ko 캐러밴 보온 텀블러; 보온 텀블러; 텀블러; 보온병

TR-504 2490
de Passhülle Leder; Passhülle; Reisepasshülle
en Leather passport cover; passport cover; passport holder
zh 皮革护照夹; 护照夹; 护照套
ja 革のパスポートケース; パスポートケース; パスポートカバー
ko 가죽 여권 지갑; 여권 지갑; 여권 케이스

TR-505 2790
de Packwürfel Dreierset; Packwürfel; Packtaschen
en Packing cubes set of three; packing cubes; packing cube
zh 三件套收纳袋; 收纳袋; 旅行收纳
ja 圧縮ポーチ3点セット; 圧縮ポーチ; トラベルポーチ
ko 여행 파우치 3종 세트; 여행 파우치; 패킹 큐브

TR-506 5490
de Reise-Teeset Seidenstraße; Reise-Teeset; Reiseteeset; Teeset
en Silk Road travel tea set; travel tea set; tea set
zh 丝路旅行茶具; 旅行茶具; 茶具
ja シルクロードの旅行用茶器; 旅行用茶器; 携帯茶器
ko 실크로드 여행용 다기; 여행용 다기; 다기 세트

TR-507 3990
de Reiseschirm Monsun; Reiseschirm; Regenschirm; Taschenschirm; Schirm
en Monsoon travel umbrella; travel umbrella; umbrella
zh 季风折叠伞; 折叠伞; 雨伞
ja モンスーンの折りたたみ傘; 折りたたみ傘; 折り畳み傘
ko 몬순 접이식 우산; 접이식 우산; 우산

TR-508 4290
de Kulturbeutel Segeltuch; Kulturbeutel; Kulturtasche; Waschbeutel
en Canvas toiletry bag; toiletry bag; wash bag
zh 帆布洗漱包; 洗漱包
ja 帆布の洗面ポーチ; 洗面ポーチ; 洗面用具入れ
ko 캔버스 세면 파우치; 세면 파우치; 세면백
"""
