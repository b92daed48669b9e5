"""The model as one would write it first: an object for every household, plain loops, month after month.

Nothing of the event-driven kernel is used. It shares with the model the world, the streams of random numbers
(same keys, drawn through the NumPy form) and the start of a run (base, pioneers, order of the roll-out);
every equation is written out again.
"""

from __future__ import annotations

import math
from collections import defaultdict

import mesa

from sim.kernel.initial import draw_pioneers, roll_out, starting_base
from sim.streams import household_counter, normal, stream_key, uniform
from sim.world import TIE_KINDS

MAX_EPISODE = 15


class TwinHousehold(mesa.Agent):
    """Opens a shop when its accumulated hazard reaches its threshold, closes it likewise."""

    def __init__(self, model, village, local):
        super().__init__(model)
        self.village, self.local = village, local
        self.acquaintances = []  # (household, index of the kind of tie)
        self.selling, self.size, self.opened, self.episode = False, 0.0, -1, 0
        self.closing_hazard = self.closing_threshold = 0.0
        deviate = self.normal("propensity", 0)
        sd = model.settings.adoption.propensity_sd
        self.propensity = math.exp(sd * deviate - sd**2 / 2)
        self.start_afresh()

    def counter(self, episode):
        # As an array: a counter may wrap around, which numpy reports for single numbers only.
        return household_counter([self.village.uid], [self.local], episode)

    def uniform(self, purpose):
        return float(uniform(self.model.keys[purpose], self.counter(self.episode))[0])

    def normal(self, purpose, episode):
        return float(normal(self.model.keys[purpose], self.counter(episode))[0])

    def start_afresh(self):
        self.threshold = -math.log(self.uniform("threshold"))
        self.accumulated = self.by_awareness = 0.0
        self.parts = [0.0] * len(TIE_KINDS)

    def accumulate(self, factor):
        """One month's hazard, z exp(eta) (rho alpha + beta g), with rho the village's rooting factor.

        g is the share of acquaintances who sell, one from m sellers on, or the village's awareness.
        """
        own = self.model.settings.adoption
        weight = [getattr(own, f"weight_{kind}") for kind in TIE_KINDS]
        sellers = [0] * len(TIE_KINDS)
        total = 0.0
        for other, kind in self.acquaintances:
            sellers[kind] += other.selling
            total += weight[kind]
        alpha = own.own_initiative * self.village.rooting
        if own.rule == "information":
            by_awareness = self.propensity * factor * own.imitation * self.village.awareness
            self.by_awareness += by_awareness
            self.accumulated += self.propensity * factor * alpha + by_awareness
            return
        weighted = [w * n for w, n in zip(weight, sellers, strict=True)]
        if own.rule == "threshold":
            counted = sum(n for n, w in zip(sellers, weight, strict=True) if w > 0)
            imitated = 1.0 if counted >= own.threshold_sellers else 0.0
        else:
            imitated = sum(weighted) / total if total > 0 else 0.0
        self.accumulated += self.propensity * factor * (alpha + own.imitation * imitated)
        if sum(weighted) > 0:
            for kind, share in enumerate(weighted):
                part = own.imitation * imitated * share / sum(weighted)
                self.parts[kind] += self.propensity * factor * part

    def open(self):
        settings = self.model.settings
        self.size = math.exp(settings.market.size_sd * self.normal("size", self.episode))
        self.closing_threshold = -math.log(self.uniform("closing")) * self.size**settings.exit.size_protection
        self.closing_hazard = 0.0
        self.selling, self.opened = True, self.model.months_done

    def close(self):
        self.selling = False
        self.episode = min(self.episode + 1, MAX_EPISODE)
        self.start_afresh()


class TwinVillage(mesa.Agent):
    """A village and what changes in it."""

    def __init__(self, model, index):
        super().__init__(model)
        villages = model.world.villages
        self.index = index
        self.uid, self.county = int(villages.uid[index]), int(villages.county[index])
        self.town, self.prefecture = int(villages.town[index]), int(model.world.counties.prefecture[self.county])
        self.awareness = 0.0
        self.product, self.seat_km = int(villages.product[index]), float(villages.seat_km[index])
        self.base, self.rooting = float(model.base[index]), float(model.rooting[index])
        self.households = [TwinHousehold(model, self, i) for i in range(int(villages.households[index]))]
        self.station_since = self.partner_model = None
        self.training = self.cost = self.crowding = self.income = 0.0
        self.sales = []
        self.recognised, self.incoming = False, 0

    @property
    def shops(self):
        return sum(household.selling for household in self.households)

    @property
    def active(self):
        """With the shops of incoming merchants."""
        return self.shops + self.incoming


class TwinModel(mesa.Model):
    """The twin: ``step`` is one month; ``opened`` and ``closed`` hold that month's households."""

    def __init__(self, scenario, world, named=None):
        super().__init__(rng=0)
        self.named = named  # month, stations and months to fill by county, in place of the drawn order
        self.plan, self.world = scenario, world
        self.settings = scenario.settings(scenario.start)
        self.months_done = 0
        purposes = ("threshold", "propensity", "size", "closing")
        self.keys = {name: stream_key(scenario.history_seed, name) for name in purposes}
        self.base, self.rooting = starting_base(world, self.settings)
        pioneers = draw_pioneers(world, self.settings, scenario.history_seed)
        self.pioneers = list(zip(pioneers.month, pioneers.village, pioneers.local, strict=True))
        self.order = roll_out(world, self.settings, self.base, scenario.world_seed)
        self.villages = [TwinVillage(self, v) for v in range(world.n_villages)]
        self.center_since = [None] * world.n_counties
        self.parcels = [0.0] * world.n_counties
        self._introduce()

    def _introduce(self):
        everyone = [household for village in self.villages for household in village.households]
        for number, household in enumerate(everyone):
            neighbours, kinds = self.world.graph.acquaintances(number)
            household.acquaintances = [(everyone[n], int(k)) for n, k in zip(neighbours, kinds, strict=True)]
        self.everyone = everyone

    @property
    def month(self):
        return self.plan.start + self.months_done

    @property
    def year(self):
        return (self.month + 0.5) / 12

    def step(self):
        self.settings = self.plan.settings(self.month)
        self.programme()
        self.logistics()
        self.training()
        self.crowding()
        self.adoption()
        self.tell()
        self.market()
        if self.month % 12 == 11:
            self.recognition()
        self.months_done += 1

    def internet(self, village):
        """The last two observations as a line, carried on."""
        counties = self.world.counties
        years, share = counties.internet_years, counties.internet_share[village.county]
        last = 1
        while last < len(years) - 1 and years[last] < self.year:
            last += 1
        slope = (share[last] - share[last - 1]) / (years[last] - years[last - 1])
        return min(max(share[last - 1] + slope * (self.year - years[last - 1]), 0.0), 1.0)

    def programme(self):
        own = self.settings.programme
        first = own.first_month if self.named is None else min(month for month, _, _ in self.named.values())
        since_start = self.month - first
        if not self.settings.enabled("programme") or since_start < 0:
            for village in self.villages:
                village.income = 0.0
            return
        n_centers = math.floor(own.first_counties + own.counties_per_month * since_start)
        for county in range(self.world.n_counties):
            due = self.order.county_rank[county] < n_centers
            if self.named is not None:
                due = county in self.named and self.named[county][0] <= self.month
            if due and self.center_since[county] is None:
                self.center_since[county] = self.months_done
        for village in self.villages:
            since = self.center_since[village.county]
            if since is not None and village.station_since is None:
                most, months = own.stations_per_county, own.months_to_fill
                if self.named is not None:
                    _, most, months = self.named[village.county]
                filled = min(1.0, (self.months_done - since) / months)
                if self.order.village_rank[village.index] < math.floor(most * filled):
                    village.station_since = self.months_done
                    village.partner_model = 2 if self.month >= own.second_model_month else 1
            if village.station_since is not None:
                online = self.internet(village)
                orders = own.orders_per_household * len(village.households)
                orders *= online + own.offline_help * (1 - online)
                spread = 1 + own.skill_premium * (2 * self.skill(village) - 1)
                village.income = own.commission * orders * spread

    def skill(self, village):
        return float(self.order.partner_skill[village.index])

    def km_cost(self):
        own = self.settings.logistics
        return own.remoteness_cost / math.exp(own.road_improvement) ** max(0, self.year - own.road_year)

    def logistics(self):
        own = self.settings.logistics
        for village in self.villages:
            if not self.settings.enabled("logistics"):
                village.cost = own.reference_cost
                continue
            volume = self.parcels[village.county]
            discount = own.volume_discount * volume / (volume + own.half_volume)
            cost = (own.parcel_cost + self.km_cost() * village.seat_km) * (1 - discount)
            cost *= math.exp(-own.yearly_decline * (self.year - own.reference_year))
            if village.station_since is not None and self.settings.enabled("programme"):
                cost -= own.sorting_saving
            village.cost = max(own.floor_cost, cost)

    def training(self):
        own = self.settings.training
        for village in self.villages:
            if not self.settings.enabled("training"):
                village.training = 0.0
                continue
            inflow = own.course_rate
            if self.settings.enabled("programme"):
                if village.partner_model == 2:
                    inflow += own.partner_rate * self.skill(village)
                if self.center_since[village.county] is not None:
                    inflow += own.center_rate
            village.training = (1 - own.decay) * village.training + inflow

    def crowding(self):
        shops = defaultdict(int)
        for village in self.villages:
            shops[village.county, village.product] += village.active
        for village in self.villages:
            crowded = math.log1p(shops[village.county, village.product] / self.settings.market.crowding_reference)
            village.crowding = crowded if self.settings.enabled("crowding") else 0.0

    def factor(self, village):
        own = self.settings.adoption
        eta = village.base
        eta += own.cost_effect * (self.settings.logistics.reference_cost - village.cost)
        eta += own.training_effect * village.training
        eta += own.internet_effect * (self.internet(village) - own.reference_internet)
        eta -= own.crowding_effect * village.crowding
        return math.exp(eta)

    def trade(self, village):
        own = self.settings.market
        relative_cost = self.settings.logistics.reference_cost / max(village.cost, 1e-9)
        growth = own.demand_growth * (self.year - own.reference_year)
        return math.exp(growth - own.crowding_elasticity * village.crowding) * relative_cost**own.cost_elasticity

    def adoption(self):
        """Everybody looks at the shops of the month before; then what was decided takes effect."""
        first = self.months_done == 0
        due = [p for p in self.pioneers if p[0] == self.month or (first and p[0] < self.month)]
        pioneers = {(v, i) for _, v, i in due}
        self.opened, self.closed = [], []
        self.sellers_know()
        for village in self.villages:
            factor = self.factor(village)
            for household in village.households:
                if household.selling:
                    continue
                household.accumulate(factor)
                if household.accumulated >= household.threshold or (village.index, household.local) in pioneers:
                    self.opened.append(household)
        if self.settings.enabled("exit"):
            self._find_closing()
        self.choose_products()
        for household in self.closed:
            household.close()
        for household in self.opened:
            household.open()

    def _find_closing(self):
        own = self.settings.exit
        for village in self.villages:
            hazard = own.monthly_rate * self.trade(village) ** -own.trade_elasticity
            for household in village.households:
                if household.selling:
                    household.closing_hazard += hazard
                    if household.closing_hazard >= household.closing_threshold:
                        self.closed.append(household)

    def choose_products(self):
        """Villages keep the product they were drawn."""

    def sellers_know(self):
        if self.settings.adoption.rule == "information":
            for village in self.villages:
                village.awareness = max(village.awareness, village.shops / len(village.households))

    def tell(self):
        """A household that does not know hears from whom it knows, like anybody of the tie's region."""
        if self.settings.adoption.rule != "information":
            return
        self.sellers_know()
        news, own, telling, everybody = self.settings.information, self.settings.adoption, {}, {}
        for village in self.villages:
            informed = village.awareness * len(village.households)
            tellers = (1 - news.passing_share) * village.shops + news.passing_share * informed
            for region in self.regions(village):
                telling[region] = telling.get(region, 0.0) + tellers
                everybody[region] = everybody.get(region, 0) + len(village.households)
        weight = [getattr(own, f"weight_{kind}") * n for kind, n in zip(TIE_KINDS, self.ties(), strict=True)]
        for village in self.villages:
            shares = [telling[region] / everybody[region] for region in self.regions(village)]
            # Ring and village end in the same region.
            shares.insert(0, shares[0])
            told = (
                sum(w * q for w, q in zip(weight, shares, strict=True)) / sum(weight) if sum(weight) > 0 else 0.0
            )
            hazard = news.first_exposure * self.internet(village) + news.telling_rate * told
            village.awareness = 1 - (1 - village.awareness) * math.exp(-hazard)

    def regions(self, village):
        return [
            ("village", village.index),
            ("town", village.town),
            ("county", village.county),
            ("prefecture", village.prefecture),
        ]

    def ties(self):
        """Of each kind for a household; of a brought graph on average."""
        if not self.world.graph.is_explicit:
            matchings = [self.settings[f"graph.{kind}_matchings"] for kind in TIE_KINDS[1:]]
            return [2 * self.settings["graph.ring_reach"], *matchings]
        kinds = [kind for household in self.everyone for _, kind in household.acquaintances]
        return [kinds.count(kind) / len(self.everyone) for kind in range(len(TIE_KINDS))]

    def market(self):
        own = self.settings.market
        self.parcels = [0.0] * self.world.n_counties
        for village in self.villages:
            sales = own.yearly_sales / 12 * self.settings.migration.shop_size * village.incoming
            for household in village.households:
                if household.selling:
                    age = self.months_done - household.opened
                    lacking = (1 - own.novice_share) * math.exp(-age / own.experience_months)
                    sales += own.yearly_sales / 12 * household.size * (1 - lacking)
            village.sales.append(sales * self.trade(village))
            self.parcels[village.county] += village.sales[-1] / own.parcel_value

    def recognition(self):
        own = self.settings.recognition
        for village in self.villages:
            enough = village.active >= own.shops_min or village.active >= own.household_share_min * len(
                village.households
            )
            village.recognised = enough and sum(village.sales[-12:]) >= own.sales_min_yuan
