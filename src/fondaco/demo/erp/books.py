"""The shop's books of one day, laid out for quick reading."""

from __future__ import annotations

from datetime import date

from fondaco.demo.erp.catalog import Product, catalog
from fondaco.demo.erp.proof import ProofDesk
from fondaco.demo.erp.records import Offer, Order, Person, Return, Rows, Shipment
from fondaco.demo.erp.search import ProductSearch


class Books:
    """Look-ups over one day's rows, all in memory."""

    def __init__(self, rows: Rows) -> None:
        self.today: date = rows.today
        self.orders: dict[str, Order] = {order.order_number: order for order in rows.orders}
        self.people: dict[str, Person] = {person.customer_ref: person for person in rows.people}
        self.shipments: dict[str, Shipment] = {parcel.order_number: parcel for parcel in rows.shipments}
        self.returns: dict[str, Return] = {back.order_number: back for back in rows.returns}
        self.offers: dict[str, Offer] = {offer.sku: offer for offer in rows.offers}
        self.products: dict[str, Product] = {product.sku: product for product in catalog()}
        self.proofs = ProofDesk(self.orders, self.people)
        self.search = ProductSearch(self.products.values())
