"""Every SQL statement of the merchant system."""

from __future__ import annotations

APPLICATION_ID = 0x52494131  #: "RIA1" in the file's header: this file is Rialto's

SCHEMA = """
CREATE TABLE IF NOT EXISTS generation (today TEXT NOT NULL, seed INTEGER NOT NULL) STRICT;

CREATE TABLE IF NOT EXISTS person (
    customer_ref TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    street TEXT NOT NULL,
    postcode TEXT NOT NULL,
    city TEXT NOT NULL,
    country TEXT NOT NULL,
    language TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS "order" (
    order_number TEXT PRIMARY KEY,
    customer_ref TEXT NOT NULL,
    state TEXT NOT NULL,
    placed_on TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS order_line (
    order_number TEXT NOT NULL,
    position INTEGER NOT NULL,
    sku TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    price_minor INTEGER NOT NULL,
    PRIMARY KEY (order_number, position)
) STRICT;

CREATE TABLE IF NOT EXISTS shipment (
    order_number TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    carrier TEXT,
    tracking_number TEXT,
    promised_on TEXT NOT NULL,
    last_place TEXT NOT NULL,
    last_event_on TEXT NOT NULL,
    delivered_on TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS "return" (
    order_number TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    announced_on TEXT,
    received_on TEXT,
    refunded_on TEXT,
    refund_minor INTEGER
) STRICT;

CREATE TABLE IF NOT EXISTS offer (
    sku TEXT PRIMARY KEY,
    price_minor INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    restock_on TEXT
) STRICT;

-- What was promised to whoever holds an idempotency key. Never cleared with the shop's books.
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    order_number TEXT NOT NULL,
    result TEXT NOT NULL
) STRICT;

-- Every message that left the house. The key is not unique here on purpose: if an invoice ever went out
-- twice for one key, the two rows would show it.
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    order_number TEXT NOT NULL,
    recipient TEXT NOT NULL,
    invoice_number TEXT NOT NULL,
    language TEXT NOT NULL,
    sent_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS mail_by_key ON mail (key);

-- Every change that took effect, laid over the books of every day. Its key is not unique for the same reason.
CREATE TABLE IF NOT EXISTS change (
    sequence INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    order_number TEXT NOT NULL,
    deed TEXT NOT NULL,
    done_on TEXT NOT NULL,
    amount_minor INTEGER,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS change_by_order ON change (order_number);
CREATE INDEX IF NOT EXISTS change_by_key ON change (key);
"""

CLEAR_BOOKS = (
    "DELETE FROM generation",
    "DELETE FROM person",
    'DELETE FROM "order"',
    "DELETE FROM order_line",
    "DELETE FROM shipment",
    'DELETE FROM "return"',
    "DELETE FROM offer",
)

INSERT_GENERATION = "INSERT INTO generation (today, seed) VALUES (:today, :seed)"

INSERT_PERSON = """
INSERT INTO person (customer_ref, name, email, street, postcode, city, country, language)
VALUES (:customer_ref, :name, :email, :street, :postcode, :city, :country, :language)
"""

INSERT_ORDER = """
INSERT INTO "order" (order_number, customer_ref, state, placed_on)
VALUES (:order_number, :customer_ref, :state, :placed_on)
"""

INSERT_ORDER_LINE = """
INSERT INTO order_line (order_number, position, sku, quantity, price_minor)
VALUES (:order_number, :position, :sku, :quantity, :price_minor)
"""

INSERT_SHIPMENT = """
INSERT INTO shipment (order_number, state, carrier, tracking_number, promised_on, last_place,
                      last_event_on, delivered_on)
VALUES (:order_number, :state, :carrier, :tracking_number, :promised_on, :last_place,
        :last_event_on, :delivered_on)
"""

INSERT_RETURN = """
INSERT INTO "return" (order_number, state, announced_on, received_on, refunded_on, refund_minor)
VALUES (:order_number, :state, :announced_on, :received_on, :refunded_on, :refund_minor)
"""

INSERT_OFFER = """
INSERT INTO offer (sku, price_minor, quantity, restock_on)
VALUES (:sku, :price_minor, :quantity, :restock_on)
"""

SELECT_GENERATION = "SELECT today, seed FROM generation"
SELECT_PEOPLE = "SELECT * FROM person ORDER BY rowid"
SELECT_ORDERS = 'SELECT * FROM "order" ORDER BY order_number'
SELECT_ORDER_LINES = "SELECT * FROM order_line ORDER BY order_number, position"
SELECT_SHIPMENTS = "SELECT * FROM shipment ORDER BY order_number"
SELECT_RETURNS = 'SELECT * FROM "return" ORDER BY order_number'
SELECT_OFFERS = "SELECT * FROM offer ORDER BY rowid"

SELECT_PROMISE = "SELECT fingerprint, result FROM idempotency WHERE key = :key"

INSERT_PROMISE = """
INSERT INTO idempotency (key, fingerprint, order_number, result)
VALUES (:key, :fingerprint, :order_number, :result)
"""

INSERT_MAIL = """
INSERT INTO mail (key, order_number, recipient, invoice_number, language, sent_at_ms)
VALUES (:key, :order_number, :recipient, :invoice_number, :language, :sent_at_ms)
"""

#: One row a key that had a mail after the mail :since; the count is of all its mails.
SELECT_EFFECTS = """
SELECT key AS idempotency_key, order_number, COUNT(*) AS count, MAX(id) AS last_sequence
FROM mail
GROUP BY key, order_number
HAVING MAX(id) > :since
ORDER BY last_sequence
LIMIT :limit
"""

COUNT_MAIL_OF_KEY = "SELECT COUNT(*) AS count FROM mail WHERE key = :key"

SELECT_CHANGES = "SELECT * FROM change ORDER BY sequence"
SELECT_CHANGES_OF_ORDER = "SELECT * FROM change WHERE order_number = :order_number ORDER BY sequence"
SELECT_CHANGES_SINCE = "SELECT * FROM change WHERE sequence > :since ORDER BY sequence LIMIT :limit"

INSERT_CHANGE = """
INSERT INTO change (key, order_number, deed, done_on, amount_minor, detail)
VALUES (:key, :order_number, :deed, :done_on, :amount_minor, :detail)
"""

#: What was promised for a key, and by which deed; an invoice is none.
SELECT_OPERATION = """
SELECT idempotency.order_number, idempotency.result, change.deed
FROM idempotency LEFT JOIN change ON change.key = idempotency.key
WHERE idempotency.key = :key
LIMIT 1
"""
