"""Spells values as people write them in five languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fondaco.kit.language import Language
from fondaco.kit.money import Money
from fondaco.lab.guard.scenes import TODAY, Named, State, Worth

_DE_MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
_EN_MONTHS = "January February March April May June July August September October November December".split()
_WEEKDAYS = {
    Language.DE: "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(),
    Language.EN: "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    Language.ZH: "周一 周二 周三 周四 周五 周六 周日".split(),
    Language.JA: "月 火 水 木 金 土 日".split(),
    Language.KO: "월 화 수 목 금 토 일".split(),
}
#: The day before yesterday to the day after tomorrow.
_NEAR = {
    Language.DE: "vorgestern gestern heute morgen übermorgen".split(),
    Language.EN: ("two days ago", "yesterday", "today", "tomorrow", "the day after tomorrow"),
    Language.ZH: "前天 昨天 今天 明天 后天".split(),
    Language.JA: "一昨日 昨日 本日 明日 明後日".split(),
    Language.KO: "그저께 어제 오늘 내일 모레".split(),
}
_AHEAD = {
    Language.DE: ("in {} Tagen", "vor {} Tagen"),
    Language.EN: ("in {} days", "{} days ago"),
    Language.ZH: ("{}天后", "{}天前"),
    Language.JA: ("{}日後", "{}日前"),
    Language.KO: ("{}일 후", "{}일 전"),
}
_LONG = {
    Language.DE: "{d}. {month} {y}",
    Language.EN: "{d} {month} {y}",
    Language.ZH: "{y}年{m}月{d}日",
    Language.JA: "{y}年{m}月{d}日",
    Language.KO: "{y}년 {m}월 {d}일",
}
_USUAL = {
    Language.DE: "{d}. {month}",
    Language.EN: "{month} {d}",
    Language.ZH: "{m}月{d}日",
    Language.JA: "{m}月{d}日",
    Language.KO: "{m}월 {d}일",
}
_SHORT = {
    Language.DE: "{d:02}.{m:02}.{y}",
    Language.EN: "{y}-{m:02}-{d:02}",
    Language.ZH: "{y}/{m}/{d}",
    Language.JA: "{m}/{d}",
    Language.KO: "{y}. {m}. {d}.",
}
_WITH_WEEKDAY = {
    Language.DE: "{weekday}, {day}",
    Language.EN: "{weekday}, {day}",
    Language.ZH: "{day}（{weekday}）",
    Language.JA: "{day}({weekday})",
    Language.KO: "{day}({weekday})",
}
_AMOUNT = {
    Language.DE: "{} €",
    Language.EN: "€{}",
    Language.ZH: "{} 欧元",
    Language.JA: "{} ユーロ",
    Language.KO: "{}유로",
}
_OTHER_AMOUNT = {
    Language.DE: "{} Euro",
    Language.EN: "{} EUR",
    Language.ZH: "€{}",
    Language.JA: "€{}",
    Language.KO: "€{}",
}
_DOLLARS = {
    Language.DE: "{} US-Dollar",
    Language.EN: "${}",
    Language.ZH: "{} 美元",
    Language.JA: "{} ドル",
    Language.KO: "{}달러",
}
_TEN_THOUSANDS = {Language.ZH: "{}万欧元", Language.JA: "{}万ユーロ", Language.KO: "{}만 유로"}


@dataclass(frozen=True, slots=True)
class Speller:
    """Spells in one language."""

    language: Language
    states: dict[str, dict[str, dict[str, str]]]  #: ``tool.field`` -> value -> language -> word

    def spell(self, worth: Worth, form: str) -> str:
        """Return a value in words; a form that does not fit to it is left out."""
        match worth:
            case Money():
                patterns = _OTHER_AMOUNT if form == "alt" else _AMOUNT
                return patterns[self.language].format(self._figure(worth))
            case date():
                return self.day(worth, form)
            case State():
                return self.states[f"{worth.tool}.state"][worth.value][self.language.value]
            case Named():
                return worth.text
            case _:
                return str(worth)

    def day(self, day: date, form: str, *, weekday: int | None = None) -> str:
        """Return a day; ``weekday`` is the one to be written, if not its own."""
        distance = (day - TODAY).days
        if form == "relative":
            if -2 <= distance <= 2:
                return _NEAR[self.language][distance + 2]
            return _AHEAD[self.language][distance < 0].format(abs(distance))
        if form == "weekday":
            name = _WEEKDAYS[self.language][day.weekday() if weekday is None else weekday]
            return _WITH_WEEKDAY[self.language].format(weekday=name, day=self._date(day, _USUAL))
        return self._date(day, {"long": _LONG, "short": _SHORT}.get(form, _USUAL))

    def in_dollars(self, money: Money) -> str:
        """Return an amount as if it were one of dollars."""
        return _DOLLARS[self.language].format(self._figure(money))

    def in_ten_thousands(self, money: Money) -> str:
        """Return an amount as if it were ten thousand times as much; empty where nobody counts so."""
        pattern = _TEN_THOUSANDS.get(self.language, "")
        return pattern.format(self._figure(money))

    def _date(self, day: date, patterns: dict[Language, str]) -> str:
        months = _DE_MONTHS if self.language is Language.DE else _EN_MONTHS
        pattern = patterns[self.language]
        return pattern.format(d=day.day, m=day.month, y=day.year, month=months[day.month - 1])

    def _figure(self, money: Money) -> str:
        whole, parts = divmod(money.amount_minor, 100)
        if self.language is Language.DE:
            return f"{whole:,}".replace(",", ".") + f",{parts:02}"
        return f"{whole:,}.{parts:02}"
