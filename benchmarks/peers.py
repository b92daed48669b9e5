"""The diffusion workload in other people's frameworks, each written as its own users would write it.

Each function prepares one history and returns what runs it; that returns adopters by month and village.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from workload import IMITATION, MONTHS, VILLAGE, Task

History = Callable[[], np.ndarray]


def mesa_idiomatic(task: Task, seed: int) -> History:
    """Mesa: agents on the cells of a network space, two passes a month, a data collector."""
    import mesa
    from mesa.discrete_space import FixedAgent, Network

    class Household(FixedAgent):
        def __init__(self, model, cell):
            super().__init__(model)
            self.cell, self.village = cell, cell.coordinate // VILLAGE
            self.adopted = self.adopts = False

        def decide(self):
            if not self.adopted:
                around = [other.adopted for other in self.cell.neighborhood.agents]
                share = sum(around) / len(around) if around else 0.0
                self.adopts = self.random.random() < -math.expm1(-(task.own + IMITATION * share))

        def apply(self):
            if self.adopts:
                self.adopted, self.adopts = True, False
                self.model.adopters[self.village] += 1

    class Diffusion(mesa.Model):
        def __init__(self):
            super().__init__(seed=seed)
            self.adopters = [0] * task.villages
            self.space = Network(_networkx(task), capacity=1, random=self.random)
            Household.create_agents(self, task.households, list(self.space.all_cells.cells))
            self.collector = mesa.DataCollector(model_reporters={"adopters": lambda model: list(model.adopters)})

        def step(self):
            self.agents.do("decide")
            self.agents.do("apply")
            self.collector.collect(self)

    model = Diffusion()

    def history() -> np.ndarray:
        for _ in range(MONTHS):
            model.step()
        return np.array(model.collector.model_vars["adopters"])

    return history


def mesa_lean(task: Task, seed: int) -> History:
    """Mesa: agents that hold a list of their acquaintances, no space, no collector."""
    import mesa

    class Household(mesa.Agent):
        def __init__(self, model, village):
            super().__init__(model)
            self.adopted, self.adopts, self.ties, self.village = False, False, (), village

        def decide(self):
            if not self.adopted:
                adopters = 0
                for other in self.ties:
                    adopters += other.adopted
                hazard = task.own + IMITATION * adopters / (len(self.ties) or 1)
                self.adopts = self.random.random() < 1.0 - math.exp(-hazard)

        def apply(self):
            if self.adopts:
                self.adopted, self.adopts = True, False
                self.model.adopters[self.village] += 1

    model = mesa.Model(seed=seed)
    model.adopters = [0] * task.villages
    agents = list(Household.create_agents(model, task.households, [i // VILLAGE for i in range(task.households)]))
    neighbour = task.neighbour.tolist()
    for agent, first, end in zip(agents, task.indptr[:-1].tolist(), task.indptr[1:].tolist(), strict=True):
        agent.ties = [agents[other] for other in neighbour[first:end]]

    def history() -> np.ndarray:
        record = []
        for _ in range(MONTHS):
            model.agents.do("decide")
            model.agents.do("apply")
            record.append(list(model.adopters))
        return np.array(record)

    return history


def ndlib(task: Task, seed: int) -> History:
    """NDlib: a composite model of two statuses and one rule of its own.

    A composite model must have a status called "Infected", and lists of the nodes that begin with a status.
    """
    from ndlib.models import ModelConfig
    from ndlib.models.compartments.Compartment import Compartiment
    from ndlib.models.CompositeModel import CompositeModel

    class Adopts(Compartiment):
        def __init__(self):
            super().__init__({})

        def execute(self, node, graph, status, **_):
            around = [status[other] for other in graph.neighbors(node)]
            share = sum(around) / len(around) if around else 0.0
            return np.random.random_sample() < -math.expm1(-(task.own + IMITATION * share))  # noqa: NPY002

    model = CompositeModel(_networkx(task))
    np.random.seed(seed)  # noqa: NPY002 (NDlib draws from this generator, and seeds it anew when a model is made)
    model.add_status("Susceptible")
    model.add_status("Infected")
    model.add_rule("Susceptible", "Infected", Adopts())
    setting = ModelConfig.Configuration()
    setting.add_model_initial_configuration("Infected", [])
    model.set_initial_status(setting)
    model.iteration()  # the first one only reports the start

    def history() -> np.ndarray:
        adopters, record = np.zeros(task.villages, np.int64), []
        for _ in range(MONTHS):
            changed = model.iteration()["status"]
            adopters += np.bincount([node // VILLAGE for node in changed], minlength=task.villages)
            record.append(adopters.copy())
        return np.array(record)

    return history


def starsim(task: Task, seed: int) -> History:
    """Starsim: an infection along a fixed network, with a chance of one's own added.

    Each tie to an adopter fires by itself with 1 - exp(-IMITATION / d), and one's own initiative with
    1 - exp(-own): that none does has probability exp(-(own + IMITATION k / d)), as the workload says.
    """
    import starsim as ss

    class Adoption(ss.Infection):
        def __init__(self):
            super().__init__()
            self.define_pars(beta=1.0, alone=ss.bernoulli(p=-math.expm1(-task.own)))

        def init_post(self):
            super().init_post()
            self.rel_sus[:] = -np.expm1(-IMITATION / np.maximum(task.degree, 1))

        def set_prognoses(self, uids, sources=None):
            super().set_prognoses(uids, sources)
            self.infected[uids] = True
            self.ti_infected[uids] = self.ti

        def step(self):
            alone = self.pars.alone.filter(self.susceptible.uids)
            super().step()
            self.set_prognoses(alone[self.susceptible[alone]])

    class Ties(ss.Network):
        def step(self):
            pass

        def add_pairs(self):
            pass

    class Recorder(ss.Analyzer):
        def __init__(self):
            super().__init__()
            self.rows = []

        def step(self):
            now = self.sim.diseases[0].infected.raw[: task.households]
            self.rows.append(now.reshape(-1, VILLAGE).sum(axis=1))

    ss.options(verbose=0)
    pairs = task.pairs
    simulation = ss.Sim(
        n_agents=task.households,
        diseases=Adoption(),
        networks=Ties(p1=pairs[:, 0], p2=pairs[:, 1], beta=np.ones(len(pairs)), name="ties"),
        analyzers=Recorder(),
        start=0,
        dur=ss.months(MONTHS - 1),
        dt=ss.months(1),
        rand_seed=seed,
        copy_inputs=False,
    )
    simulation.init()

    def history() -> np.ndarray:
        simulation.run()
        return np.array(simulation.analyzers[0].rows)

    return history


def _networkx(task: Task):
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(task.households))
    graph.add_edges_from(task.pairs.tolist())
    return graph
