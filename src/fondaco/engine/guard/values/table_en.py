"""English words that make a value of a number, and the signs that are everywhere the same."""

from __future__ import annotations

from fondaco.engine.guard.values.tables import Table, count, measure, money, numbered, share, time

ENGLISH = Table(
    months=numbered(
        "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sept/sep "
        "october/oct november/nov december/dec"
    ),
    weekdays=numbered("monday tuesday wednesday thursday friday saturday sunday", first=0),
    short_weekdays=numbered("mon tue/tues wed thu/thur/thurs fri sat sun", first=0),
    days={
        "the day before yesterday": -2,
        "day before yesterday": -2,
        "yesterday": -1,
        "today": 0,
        "tonight": 0,
        "tomorrow": 1,
        "the day after tomorrow": 2,
        "day after tomorrow": 2,
    },
    hours={"noon": "12:00", "midday": "12:00", "midnight": "00:00"},
    units={
        **money("EUR", "€ euro euros"),
        **money("USD", "$ us$ dollar dollars bucks"),
        **money("USD", "us dollars|us dollar|u.s. dollars|american dollars"),
        **money("GBP", "£ pound pounds quid"),
        **money("GBP", "pence", "0.01"),
        **money("EUR USD", "cent cents ¢", "0.01"),
        **money("CNY JPY", "¥"),
        **money("CNY", "yuan rmb renminbi cn¥"),
        **money("JPY", "yen jp¥"),
        **money("KRW", "won ₩"),
        **money("CHF", "francs"),
        **share("% percent pct"),
        **share("per cent|percentage points"),
        **time("S", "s sec secs second seconds"),
        **time("MI", "min mins minute minutes"),
        **time("H", "h hr hrs hour hours"),
        **time("D", "d day days"),
        **time("D", "calendar days|calendar day|consecutive days|full days|more days|additional days"),
        **time(
            "BD", "business days|business day|working days|working day|workdays|workday|weekdays|bank days"
        ),
        **time("W", "week weeks wk wks"),
        **time("MO", "month months"),
        **time("Y", "year years yr yrs"),
        **measure("kg", "kg kgs kilo kilos kilogram kilograms"),
        **measure("g", "g gram grams"),
        **measure("mg", "mg"),
        **measure("t", "t ton tons tonnes"),
        **measure("lb", "lb lbs"),
        **measure("oz", "oz ounce ounces"),
        **measure("m", "m metre metres meter meters"),
        **measure("cm", "cm centimetre centimetres centimeter centimeters"),
        **measure("mm", "mm millimetre millimetres millimeter millimeters"),
        **measure("km", "km kilometre kilometres kilometer kilometers"),
        **measure("mi", "mile miles"),
        **measure("ft", "ft foot feet"),
        **measure("in", "inch inches"),
        **measure("l", "l litre litres liter liters"),
        **measure("ml", "ml"),
        **measure("cl", "cl"),
        **measure("m2", "m2 sqm"),
        **measure("cm2", "cm2"),
        **measure("m3", "m3"),
        **measure("gb", "gb"),
        **measure("mb", "mb"),
        **measure("tb", "tb"),
        **measure("w", "w watt watts"),
        **measure("v", "v volt volts"),
        **measure("mah", "mah"),
        **measure("hz", "hz"),
        **measure("kwh", "kwh"),
        **measure("°C", "°c °"),
        **count(
            "x × pieces piece pcs pc item items unit units article articles product products package packages"
        ),
        **count(
            "parcel parcels order orders pair pairs set sets box boxes bottle bottles bag bags pack packs"
        ),
        **count("copy copies shipment shipments deliveries delivery color colors colour colours size sizes"),
        **count(
            "times people persons person guests passenger passengers points point star stars option options"
        ),
        **count(
            "variant variants flight flights seat seats invoices invoice vouchers voucher returns refunds"
        ),
        **count("store stores page pages attempts attempt instalments installments reviews ratings"),
    },
)
