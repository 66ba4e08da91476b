"""Korean words that make a value of a number."""

from __future__ import annotations

from fondaco.engine.guard.values.tables import Table, count, measure, money, share, time

KOREAN = Table(
    months={},
    weekdays={},
    short_weekdays={},
    days={
        "그저께": -2,
        "그제": -2,
        "어제": -1,
        "오늘": 0,
        "내일": 1,
        "모레": 2,
        "내일모레": 2,
        "글피": 3,
    },
    hours={"정오": "12:00", "자정": "00:00"},
    units={
        **money("KRW", "원"),
        **money("USD", "달러 미국달러"),
        **money("EUR", "유로"),
        **money("JPY", "엔"),
        **money("CNY", "위안"),
        **money("GBP", "파운드"),
        **money("CHF", "스위스프랑 프랑"),
        **money("EUR USD", "센트", "0.01"),
        **share("퍼센트 프로"),
        **time("S", "초"),
        **time("MI", "분"),
        **time("H", "시간"),
        **time(
            "D",
            "일 이내|일이내|일간|일 간|일 안|일 동안|일동안|일 내|일내|"
            "일 후|일후|일 뒤|일 전|일전|일째|일 정도|일정도",
        ),
        **time("BD", "영업일 근무일 평일"),
        **time("W", "주 주일 주간"),
        **time("MO", "개월 개월간 달"),
        **time("Y", "년 년간"),
        **measure("kg", "킬로그램 킬로 키로"),
        **measure("g", "그램"),
        **measure("mg", "밀리그램"),
        **measure("v", "볼트"),
        **measure("m", "미터"),
        **measure("cm", "센티미터 센티 센치"),
        **measure("mm", "밀리미터 밀리"),
        **measure("km", "킬로미터"),
        **measure("l", "리터"),
        **measure("ml", "밀리리터"),
        **measure("in", "인치"),
        **measure("t", "톤"),
        **count("개 대 장 권 명 분께 병 박스 상자 벌 켤레 마리 번 회 건 세트 봉지 팩 자루 통 점 포인트 곳"),
        **count("배 매 자리 가지 인분 쌍"),
    },
)
