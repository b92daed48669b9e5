"""The twin with the mechanisms that are off by default: every equation written out again, village by village."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np

from sim.kernel.programme import parcels_sorted
from sim.streams import stream_key, uniform
from sim.world import COVARIATES
from tests.verification.twin import TwinModel

NOVEMBER = 10
FARM = {"food_farm", "flowers"}


class TwinSystems(TwinModel):
    """A twin whose month has governments, lenders, suppliers, incomers, buyers, wholesale, exports and brands."""

    def __init__(self, scenario, world):
        super().__init__(scenario, world)
        n = world.n_counties
        self.guidance, self.acting, self.loans, self.signed = [0.0] * n, [0.0] * n, [0.0] * n, [False] * n
        self.suppliers, self.brands = defaultdict(float), defaultdict(float)
        for village in self.villages:
            village.incomers, village.merchants = 0.0, 0.0
            village.poor, village.vacant, village.orders = 0, 0, 0.0
            village.partner_skill, village.partners, village.has_sold = 0.0, 0, False

    def on(self, mechanism):
        return self.settings.enabled(mechanism)

    def covariate(self, county, name):
        return float(self.world.counties.covariates[county, COVARIATES.index(name)])

    def shops_by_product(self):
        shops = defaultdict(int)
        for village in self.villages:
            shops[village.county, village.product] += village.active
        return shops

    def logistics(self):
        """Governments, lenders, suppliers and incomers come before parcels."""
        self.govern()
        self.lend()
        self.supply()
        self.migrate()
        super().logistics()
        own = self.settings.logistics
        if not (self.on("chain") and self.on("logistics")):
            return
        for village in self.villages:
            firms = sum(s for (county, _), s in self.suppliers.items() if county == village.county)
            saving = self.settings.chain.greatest_saving * firms
            saving /= firms + self.settings.chain.reference_suppliers
            volume = self.parcels[village.county]
            discount = own.volume_discount * volume / (volume + own.half_volume)
            cost = (own.parcel_cost + self.km_cost() * village.seat_km) * (1 - discount) * (1 - saving)
            cost *= math.exp(-own.yearly_decline * (self.year - own.reference_year))
            if village.station_since is not None and self.on("programme"):
                cost -= own.sorting_saving
            village.cost = max(own.floor_cost, cost)

    def govern(self):
        own, sky = self.settings.guidance, self.settings.skynet
        shops = self.shops_by_product()
        for county in range(self.world.n_counties):
            if not self.on("guidance"):
                self.guidance[county] = self.acting[county] = 0.0
                continue
            here = [v for v in self.villages if v.county == county]
            target = math.log(1 + sum(v.recognised for v in here))
            months = self.month - sky.first_month
            if self.on("skynet") and months >= 0:
                rank = self.order.government_rank[county]
                self.signed[county] |= bool(rank < math.floor(sky.counties_per_month * (months + 1)))
                target += sky.signed_strength * self.signed[county]
            if own.everywhere:
                target = max(target, own.strength_everywhere)
            tau = own.build_months if target > self.guidance[county] else own.decay_months
            self.guidance[county] = target + (self.guidance[county] - target) * math.exp(-1 / tau)
            n = sum(count for (c, _), count in shops.items() if c == county)
            self.acting[county] = self.guidance[county] * n / (n + own.half_base_shops)

    def lend(self):
        own = self.settings.credit
        banks = own.bank_share * min(1.0, max(0, self.month - own.first_month) / own.months_to_spread)
        for county in range(self.world.n_counties):
            unreached = (1 - banks) * math.exp(-own.guided_loans * self.acting[county])
            self.loans[county] = 1 - unreached if self.on("credit") else 0.0

    def supply(self):
        own = self.settings.chain
        shops = self.shops_by_product()
        for place in set(shops) | set(self.suppliers):
            gap = own.suppliers_per_shop * shops[place] - self.suppliers[place]
            self.suppliers[place] += gap * (1 - math.exp(-1 / own.months_to_settle))
            if not self.on("chain"):
                self.suppliers[place] = 0.0

    def migrate(self):
        own = self.settings.migration
        for village in self.villages:
            goods = 1 / (1 + math.exp(-2 * (self.covariate(village.county, "trade") - own.goods_midpoint)))
            coming = own.merchant_rate * goods * village.active / len(village.households)
            coming *= max(0.0, 1 - village.incomers / own.most_merchants)
            village.merchants = (1 - own.leaving_rate) * village.merchants + coming
            if village.partner_model == 2 and self.on("programme"):
                coming += own.return_rate
            stay = (1 - own.leaving_rate) * village.incomers
            village.incomers = stay + coming
            if not self.on("migration"):
                village.incomers = village.merchants = 0.0
            village.incoming = math.floor(own.shop_share * village.merchants * len(village.households))

    def choose_products(self):
        """Before this month's shops open or close, villages with their first look at those of their neighbours."""
        key = stream_key(self.plan.history_seed, "copying")
        for village in {household.village for household in self.opened if not household.village.has_sold}:
            village.has_sold = True
            if not self.on("copying") or uniform(key, [village.uid])[0] >= self.settings.copying.probability:
                continue
            for level in ("town", "county"):
                sold = defaultdict(int)
                for other in self.villages:
                    if getattr(other, level) == getattr(village, level) and other.active > 0:
                        sold[other.product] += other.active
                if sold:
                    leading = [product for product in sold if sold[product] == max(sold.values())]
                    village.product = village.product if village.product in leading else min(leading)
                    break

    def training(self):
        super().training()
        if self.on("guidance") and self.on("training"):
            for village in self.villages:
                village.training += self.settings.guidance.training_rate * self.acting[village.county]

    def crowding(self):
        super().crowding()
        own, done = self.settings.branding, set()
        for village in self.villages:
            place = village.county, village.product
            if not self.on("branding"):
                self.brands[place] = 0.0
            elif place not in done:
                full = village.crowding
                self.brands[place] += own.monthly_rate * full / (1 + full) * (own.greatest - self.brands[place])
                done.add(place)
            village.crowding *= 1 - self.brands[place]

    def strength(self, village):
        own = self.settings.chain
        return math.log(1 + self.suppliers[village.county, village.product] / own.reference_suppliers)

    def scarcity(self, village):
        own = self.settings.limits
        room = own.shops + own.household_share * len(village.households)
        land = room * (1 + own.park_relief * self.acting[village.county])
        capital = room + room * own.loan_relief * self.loans[village.county]
        talent = room + room * own.training_relief * village.training
        services = room + room * own.chain_relief * self.strength(village)
        total = own.land_weight * math.log(1 + village.active / land)
        total += own.capital_weight * math.log(1 + village.active / capital)
        total += own.talent_weight * math.log(1 + village.active / talent)
        return total + own.services_weight * math.log(1 + village.active / services)

    def factor(self, village):
        own, eta = self.settings, math.log(super().factor(village))
        if self.on("guidance"):
            eta += own.guidance.effect * self.acting[village.county]
        if self.on("credit"):
            eta += own.credit.effect * self.loans[village.county]
        if self.on("chain"):
            eta += own.chain.effect * self.strength(village)
        if self.on("limits"):
            eta -= own.limits.effect * self.scarcity(village)
        if self.on("migration"):
            eta += math.log(1 + village.incomers - village.incoming / len(village.households))
        return math.exp(eta)

    def trade(self, village):
        own, factor = self.settings, super().trade(village)
        if self.on("credit"):
            factor *= 1 + own.credit.sales_gain * self.loans[village.county]
        if self.on("chain"):
            factor *= math.exp(own.chain.sales_elasticity * self.strength(village))
        if self.on("limits"):
            factor *= math.exp(-own.limits.sales_elasticity * self.scarcity(village))
        if self.on("migration"):
            others = village.incomers - village.incoming / len(village.households)
            factor *= (1 + others) ** own.migration.sales_elasticity
        return factor * self.wholesale(village) * self.abroad(village)

    def wholesale(self, village):
        own = self.settings.wholesale
        if not self.on("wholesale"):
            return 1.0
        n = self.shops_by_product()[village.county, village.product]
        industry = self.covariate(village.county, "manufacturing")
        share = n / (n + own.half_shops) / (1 + math.exp(-2 * (industry - own.industry_midpoint)))
        return 1 + own.sales_gain * share

    def abroad(self, village):
        own = self.settings.cross_border
        if not self.on("cross_border"):
            return 1.0
        near = 1 / (1 + math.exp(2 * (self.covariate(village.county, "hub_distance") - own.hub_midpoint)))
        travels = own.farm_share if self.world.products[village.product] in FARM else 1.0
        return 1 + own.sales_gain * near * travels * math.exp(own.yearly_growth * (self.year - own.reference_year))

    def skill(self, village):
        return village.partner_skill

    def programme(self):
        """As without online buying, but partners leave and closed stations wait; then buyers, orders and pay."""
        buying = self.on("consumption")
        if buying and self.on("programme") and self.month >= self.settings.programme.first_month:
            for village in self.villages:
                self.leave(village)
        before = {village.index for village in self.villages if village.station_since is not None}
        for village in self.villages:
            if village.index not in before:
                village.partner_skill = self.drawn_skill(village)
        super().programme()
        for village in self.villages:
            if buying and village.vacant > 0 and village.index not in before:
                village.station_since = village.partner_model = None
            if village.station_since is None:
                village.income = village.orders = village.partner_skill = 0.0
                continue
            if village.index not in before:
                village.partners += 1
            if buying:
                self.serve(village)
                self.compare_incomes(village)

    def drawn_skill(self, village):
        """Of the next partner: the first of a village has its number, later ones lie 2**40 apart."""
        own, key = self.settings.consumption, stream_key(self.plan.world_seed, "partner skill")
        drawn = float(uniform(key, [village.uid + village.partners * 2**40])[0])
        chosen = self.on("consumption") and self.month >= self.settings.programme.second_model_month
        return drawn ** (1 / (1 + own.selection * (own.applicants - 1))) if chosen else drawn

    def serve(self, village):
        own, households = self.settings.consumption, len(village.households)
        odds = math.log(own.buyer_share / (1 - own.buyer_share)) + own.yearly_rise * (
            self.year - own.reference_year
        )
        odds += own.internet_effect * (self.internet(village) - own.reference_internet)
        alone = 1 / (1 + math.exp(-odds))
        helped = own.helped_share * (
            1 - math.exp(-(self.months_done - village.station_since) / own.months_to_help)
        )
        november = (29 + own.singles_day_multiple) / 30 if self.month % 12 == NOVEMBER else 1.0
        wanted = own.orders_per_buyer * households * (alone + (1 - alone) * helped)
        placed = own.most_orders * (1 - math.exp(-wanted / own.most_orders))
        village.orders = placed * november
        served = households * placed / wanted
        fees = own.commission_share * own.order_value * village.orders + own.service_fee * served
        village.income = fees * (1 + self.settings.programme.skill_premium * (2 * village.partner_skill - 1))
        if village.partner_model == 2 and village.sales:
            share = own.sales_fee_share * village.sales[-1] / own.most_help
            village.income += own.most_help * (1 - math.exp(-share))

    def compare_incomes(self, village):
        own = self.settings.consumption
        elsewhere = own.outside_income * (1 + own.outside_premium * village.partner_skill)
        village.poor = village.poor + 1 if village.income < elsewhere else 0

    def leave(self, village):
        own = self.settings.consumption
        village.vacant = max(0, village.vacant - 1)
        patience = own.patience_months
        if self.on("credit"):
            patience += self.settings.credit.partner_months * self.loans[village.county]
        if village.station_since is not None and village.poor >= patience:
            village.station_since = village.partner_model = None
            village.partner_skill = village.income = village.orders = 0.0
            village.poor, village.vacant = 0, own.vacancy_months


def same_systems(run, twin):
    """Compare what the mechanisms keep."""
    counties, villages = run.state.counties, run.state.villages
    assert np.allclose(counties.guidance, twin.guidance)
    assert np.allclose(counties.acting_guidance, twin.acting)
    assert np.allclose(counties.loan_share, twin.loans)
    for (county, product), firms in twin.suppliers.items():
        assert np.isclose(counties.suppliers[county, product], firms)
    for (county, product), share in twin.brands.items():
        assert np.isclose(counties.branding[county, product], share)
    assert villages.product.tolist() == [village.product for village in twin.villages]
    assert villages.incoming_shops.tolist() == [village.incoming for village in twin.villages]
    assert np.allclose(villages.incomers, [village.incomers for village in twin.villages])
    assert np.allclose(villages.station_orders, [village.orders for village in twin.villages])
    handled = [0.0] * twin.world.n_counties
    for village in twin.villages:
        if village.station_since is not None and twin.on("programme"):
            handled[village.county] += village.sales[-1] / twin.settings.market.parcel_value + village.orders
    assert np.allclose(parcels_sorted(run), handled)
    stations = [village.station_since is not None for village in twin.villages]
    assert (villages.station_since >= 0).tolist() == stations
    assert np.allclose(villages.partner_skill, stations * np.array([v.partner_skill for v in twin.villages]))
