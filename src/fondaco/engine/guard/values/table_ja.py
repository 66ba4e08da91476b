"""Japanese words that make a value of a number."""

from __future__ import annotations

from fondaco.engine.guard.values.tables import Table, count, measure, money, share, time

JAPANESE = Table(
    months={},
    weekdays={},
    short_weekdays={},
    days={
        "一昨日": -2,
        "おととい": -2,
        "昨日": -1,
        "きのう": -1,
        "今日": 0,
        "本日": 0,
        "今夜": 0,
        "明日": 1,
        "あした": 1,
        "明後日": 2,
        "あさって": 2,
    },
    hours={"正午": "12:00", "真夜中": "00:00"},
    units={
        **money("JPY", "円 えん 円玉 円札"),
        **money("USD", "ドル 米ドル"),
        **money("EUR", "ユーロ"),
        **money("GBP", "ポンド"),
        **money("KRW", "ウォン"),
        **money("CNY", "人民元"),
        **money("EUR USD", "セント", "0.01"),
        **money("CHF", "スイスフラン"),
        **share("パーセント プロ"),
        **share("割", "10"),
        **time("S", "秒間"),
        **time("MI", "分 分間"),
        **time("H", "時間"),
        **time("D", "日間 日以内 日ほど 日程度 日後 日前 日目"),
        **time("BD", "営業日 営業日以内 営業日後 営業日前 平日"),
        **time("W", "週間 週間以内"),
        **time("MO", "か月 ヶ月 ケ月 カ月 ヵ月 箇月 ヶ月間 か月間 カ月間"),
        **time("Y", "年間 年以内"),
        **measure("kg", "キログラム"),
        **measure("kg", "キロ"),
        **measure("g", "グラム"),
        **measure("mg", "ミリグラム"),
        **measure("v", "ボルト"),
        **measure("m", "メートル"),
        **measure("cm", "センチ センチメートル"),
        **measure("mm", "ミリ ミリメートル"),
        **measure("km", "キロメートル"),
        **measure("l", "リットル"),
        **measure("ml", "ミリリットル"),
        **measure("in", "インチ"),
        **measure("t", "トン"),
        **count(
            "個 点 枚 冊 本 袋 箱 缶 足 着 つ 名 名様 回 度 倍 セット ケース パック ペア 組 口 色 種類 人 件"
        ),
        **count("台 階 ポイント 品 品目 商品 注文 ヶ 才 歳 番"),
    },
)
