"""Which orders and quotes are there? Questions only; somebody else's is not found."""

from uuid import UUID

from sqlalchemy import select

from app.core.db import AsyncSession
from app.core.pages import After, keyset
from app.core.scope import DESK_ID, Scope
from app.orders.errors import OrderNotFound, QuoteNotFound
from app.orders.models import Order, OrderIssuer, OrderLine, Quote, QuoteLine
from app.orders.rules import OrderStatus
