"""The learners' updates, and a whole VDN training on `coverage`, in PyTorch on one thread: the peer of run.ts.

    python3 learners_torch.py trajectories.json

Prints JSON: updates per CPU second by learner, environment steps per CPU second end to end. Refuses to report
anything when its vectorised NumPy environment does not repeat the trajectories of the file.
"""

import json
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(1)
AGENTS, ACTIONS, OBS, STATE, T, EPISODES = 3, 6, 16, 16, 10, 32
HIDDEN, MIX, HYPER, GAMMA, LAMBDA = 64, 32, 64, 0.9, 0.3


def return_matrices(steps, gamma, lam):
    rewards = np.zeros((steps, steps), np.float32)
    values = np.zeros((steps, steps), np.float32)
    for t in range(steps):
        for k in range(t, steps):
            rewards[k, t] = (gamma * lam) ** (k - t)
        for k in range(t + 1, steps):
            values[k, t] = (gamma * lam) ** (k - t - 1) * gamma * (1 - lam)
    return torch.from_numpy(rewards), torch.from_numpy(values)


def mlp(*sizes):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def lambda_returns(values, rewards, matrices):
    """values [E, T, C], rewards [E, T] -> [E, T, C]"""
    from_rewards, from_values = matrices
    of_values = torch.einsum("ekc,kt->etc", values, from_values)
    return (rewards @ from_rewards).unsqueeze(-1) + of_values


class Mixer(nn.Module):
    def __init__(self):
        super().__init__()
        self.w1, self.w2 = mlp(STATE, HYPER, AGENTS * MIX), mlp(STATE, HYPER, MIX)
        self.b1, self.v = nn.Linear(STATE, MIX), mlp(STATE, MIX, 1)

    def forward(self, q, state):
        w1 = self.w1(state).abs().view(-1, AGENTS, MIX)
        hidden = F.elu(torch.bmm(q.view(-1, 1, AGENTS), w1).squeeze(1) + self.b1(state))
        return (hidden * self.w2(state).abs()).sum(-1, keepdim=True) + self.v(state)


class ValueLearner:
    """VDN, QMIX and independent Q-learning: double Q with lambda-returns, hard target copies, Adam, clipping."""

    def __init__(self, kind, inputs, actions, steps, layers=2):
        self.kind, self.matrices, self.count = kind, return_matrices(steps, GAMMA, LAMBDA), 0
        make = lambda: nn.ModuleDict(
            {"agent": mlp(inputs, *([HIDDEN] * layers), actions), **({"mixer": Mixer()} if kind == "qmix" else {})}
        )
        self.live, self.target = make(), make()
        self.target.load_state_dict(self.live.state_dict())
        self.optimiser = torch.optim.Adam(self.live.parameters(), lr=1e-3, betas=(0.9, 0.99))

    def combine(self, net, q, states):
        if self.kind == "vdn":
            return q.sum(-1, keepdim=True)
        return net["mixer"](q, states) if self.kind == "qmix" else q

    def update(self, inputs, available, states, actions, rewards):
        episodes, steps = rewards.shape
        rows, agents = episodes * steps, actions.shape[-1]
        utilities = self.live["agent"](inputs)
        with torch.no_grad():
            greedy = (utilities + (available - 1) * 1e9).argmax(-1, keepdim=True)
            old = self.target["agent"](inputs).gather(-1, greedy).view(rows, agents)
            following = self.combine(self.target, old, states).view(episodes, steps, -1)
            goal = lambda_returns(following, rewards, self.matrices).reshape(rows, -1)
        chosen = utilities.gather(-1, actions.view(-1, 1)).view(rows, agents)
        loss = ((self.combine(self.live, chosen, states) - goal) ** 2).sum() / rows
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.live.parameters(), 10)
        self.optimiser.step()
        self.count += 1
        if self.count % 100 == 0:
            self.target.load_state_dict(self.live.state_dict())
        return loss.item()


class Coma:
    def __init__(self):
        self.inputs = STATE + OBS + AGENTS * ACTIONS + AGENTS
        self.actor = mlp(OBS + AGENTS, HIDDEN, HIDDEN, ACTIONS)
        self.critic, self.target = mlp(self.inputs, HIDDEN, HIDDEN, ACTIONS), mlp(self.inputs, HIDDEN, HIDDEN, ACTIONS)
        self.target.load_state_dict(self.critic.state_dict())
        self.matrices = return_matrices(T, GAMMA, 0.6)
        self.actor_optimiser = torch.optim.Adam(self.actor.parameters(), lr=1e-3)
        self.critic_optimiser = torch.optim.Adam(self.critic.parameters(), lr=1e-3)
        self.count = 0

    def update(self, inputs, available, states, actions, rewards):
        episodes, steps = rewards.shape
        rows = episodes * steps
        taken = F.one_hot(actions, ACTIONS).float().view(rows, AGENTS, ACTIONS)
        others = taken.unsqueeze(1).expand(rows, AGENTS, AGENTS, ACTIONS) * (1 - torch.eye(AGENTS)).view(1, AGENTS, AGENTS, 1)
        view = torch.cat(
            [
                states.unsqueeze(1).expand(rows, AGENTS, STATE),
                inputs.view(rows, AGENTS, -1)[..., :OBS],
                others.reshape(rows, AGENTS, AGENTS * ACTIONS),
                torch.eye(AGENTS).expand(rows, AGENTS, AGENTS),
            ],
            -1,
        ).view(rows * AGENTS, -1)
        own = taken.view(rows * AGENTS, ACTIONS)
        for _ in range(2):
            with torch.no_grad():
                following = (self.target(view) * own).sum(-1).view(episodes, steps, AGENTS)
                goal = lambda_returns(following, rewards, self.matrices).reshape(rows, AGENTS)
            value = (self.critic(view) * own).sum(-1).view(rows, AGENTS)
            loss = ((value - goal) ** 2).sum() / rows
            self.critic_optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.critic.parameters(), 10)
            self.critic_optimiser.step()
            self.count += 1
            if self.count % 200 == 0:
                self.target.load_state_dict(self.critic.state_dict())
        log = F.log_softmax(self.actor(inputs) + (available - 1) * 1e9, -1)
        policy = 0.95 * log.exp() + 0.05 * available / available.sum(-1, keepdim=True)
        with torch.no_grad():
            q = self.critic(view)
            advantage = (q * own).sum(-1) - (policy * q).sum(-1)
        chosen = ((policy * own).sum(-1)).log()
        entropy = -(log.exp() * log).sum(-1)
        loss = -(chosen * advantage + 0.01 * entropy).mean()
        self.actor_optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.actor.parameters(), 10)
        self.actor_optimiser.step()
        return loss.item()


class CommNet(nn.Module):
    def __init__(self, rounds=2):
        super().__init__()
        self.encoder, self.skip = nn.Linear(OBS, HIDDEN), nn.Linear(OBS, HIDDEN)
        self.own = nn.ModuleList(nn.Linear(HIDDEN, HIDDEN) for _ in range(rounds))
        self.heard = nn.ModuleList(nn.Linear(HIDDEN, HIDDEN) for _ in range(rounds))
        self.policy, self.value = nn.Linear(HIDDEN, ACTIONS), nn.Linear(HIDDEN, 1)
        self.matrices = return_matrices(T, GAMMA, 0.6)
        self.optimiser = torch.optim.Adam(self.parameters(), lr=1e-3)

    def update(self, inputs, available, states, actions, rewards):
        episodes, steps = rewards.shape
        rows = episodes * steps
        x = inputs[:, :OBS]
        h, skip = torch.tanh(self.encoder(x)), self.skip(x)
        for own, heard in zip(self.own, self.heard):
            by_row = h.view(rows, AGENTS, HIDDEN)
            mean = (by_row.sum(1, keepdim=True) - by_row).div(AGENTS - 1).view(-1, HIDDEN)
            h = torch.tanh(skip + own(h) + heard(mean))
        value = self.value(h).view(rows, AGENTS).mean(-1, keepdim=True)
        log = F.log_softmax(self.policy(h) + (available - 1) * 1e9, -1)
        goal = lambda_returns(value.detach().view(episodes, steps, 1), rewards, self.matrices).reshape(rows, 1)
        error = goal - value
        advantage = error.detach()
        advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-4)
        chosen = log.gather(-1, actions.view(-1, 1)).view(rows, AGENTS).sum(-1, keepdim=True)
        entropy = -(log.exp() * log).sum(-1).view(rows, AGENTS).mean(-1, keepdim=True)
        loss = (0.5 * error**2 - chosen * advantage - 0.1 * entropy).mean()
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters(), 10)
        self.optimiser.step()
        return loss.item()


def random_batch():
    rng = np.random.default_rng(1)
    rows = EPISODES * T
    ids = np.tile(np.eye(AGENTS, dtype=np.float32), (rows, 1))
    features = rng.standard_normal((rows * AGENTS, OBS)).astype(np.float32)
    return (
        torch.from_numpy(np.concatenate([features, ids], 1)),
        torch.ones(rows * AGENTS, ACTIONS),
        torch.from_numpy(rng.standard_normal((rows, STATE)).astype(np.float32)),
        torch.from_numpy(rng.integers(0, ACTIONS, (rows, AGENTS))),
        torch.from_numpy(rng.standard_normal((EPISODES, T)).astype(np.float32)),
    )


def update_rate(learner, count=60):
    batch = random_batch()
    for _ in range(5):
        learner.update(*batch)
    before = time.process_time()
    for _ in range(count):
        learner.update(*batch)
    return count / (time.process_time() - before)


GRID, BEACONS, SIGHT, HORIZON = 7, 3, 3, 12
MOVES = np.array([[0, 0], [0, -1], [0, 1], [1, 0], [-1, 0]])
OTHERS = np.array([[1, 2], [0, 2], [0, 1]])


class Coverage:
    """`coverage` with its defaults, many episodes at once: agents and beacons [N, 3, 2]."""

    def __init__(self, agents, beacons):
        self.agents, self.beacons, self.time = agents.copy(), beacons, 0

    def available(self):
        to = self.agents[:, :, None] + MOVES
        return ((to >= 0) & (to < GRID)).all(-1)

    def features(self):
        n = len(self.agents)
        delta = self.beacons[:, None] - self.agents[:, :, None]  # [N, agent, beacon, 2]
        distance = np.abs(delta).sum(-1)
        rank = (distance * 64 + (delta[..., 0] + 16)) * 64 + delta[..., 1]
        order = np.argsort(rank, -1, kind="stable")
        mates = self.agents[:, OTHERS]  # [N, agent, 2, 2]
        offset = mates - self.agents[:, :, None]
        seen = np.abs(offset).sum(-1) <= SIGHT
        to_beacon = np.abs(mates[:, :, :, None] - self.beacons[:, None, None]).sum(-1)
        nearest = np.where(seen[..., None], to_beacon, 2 * GRID).min(2)
        take = lambda x: np.take_along_axis(x, order, 2)
        dx, dy, d, other = take(delta[..., 0]), take(delta[..., 1]), take(distance), take(nearest)
        beacons = np.stack([dx / GRID, dy / GRID, np.sign(dx), np.sign(dy), d / GRID, other / GRID, other < d], -1)
        mates_out = np.concatenate([np.where(seen[..., None], offset / GRID, 0), seen[..., None]], -1)
        ids = np.broadcast_to(np.eye(3), (n, 3, 3))
        left = np.full((n, 3, 1), 1 - self.time / HORIZON)
        parts = [left, ids, beacons.reshape(n, 3, -1), mates_out.reshape(n, 3, -1)]
        return np.concatenate(parts, -1).astype(np.float32)

    def step(self, joint):
        self.agents = self.agents + MOVES[joint]
        self.time += 1
        distance = np.abs(self.beacons[:, :, None] - self.agents[:, None]).sum(-1).min(-1).sum(-1)
        pairs = sum((self.agents[:, i] == self.agents[:, j]).all(-1) for i, j in ((0, 1), (0, 2), (1, 2)))
        return -distance / (BEACONS * 2 * (GRID - 1)) - 0.1 * pairs


def check(file):
    """Raises where the environment differs from the trajectories of the file."""
    episodes = json.load(open(file))
    environment = Coverage(
        np.array([e["agents"] for e in episodes]), np.array([e["beacons"] for e in episodes])
    )
    for t in range(HORIZON):
        features, available = environment.features(), environment.available()
        np.testing.assert_allclose(features, [e["steps"][t]["features"] for e in episodes], atol=1e-6)
        for e, episode in enumerate(episodes):
            for i in range(3):
                assert list(np.flatnonzero(available[e, i])) == episode["steps"][t]["available"][i]
        reward = environment.step(np.array([e["steps"][t]["joint"] for e in episodes]))
        np.testing.assert_allclose(reward, [e["steps"][t]["reward"] for e in episodes], atol=1e-9)


def end_to_end(updates=400, new=4, batch=8, capacity=2000):
    rng = np.random.default_rng(2)
    inputs, actions = 31 + 3, 5
    learner = ValueLearner("vdn", inputs, actions, HORIZON)
    memory = {
        "inputs": np.zeros((capacity, HORIZON * 3, inputs), np.float32),
        "available": np.zeros((capacity, HORIZON * 3, actions), np.float32),
        "actions": np.zeros((capacity, HORIZON, 3), np.int64),
        "rewards": np.zeros((capacity, HORIZON), np.float32),
    }
    recorded, steps = 0, 0
    ids = np.broadcast_to(np.eye(3, dtype=np.float32), (new, 3, 3))
    cells = np.stack(np.meshgrid(np.arange(GRID), np.arange(GRID)), -1).reshape(-1, 2)
    before = time.process_time()
    for update in range(updates):
        epsilon = max(0.05, 0.6 - 0.55 * update / (0.3 * updates))
        for _ in range(2 if update == 0 else 1):
            draw = lambda: np.stack([cells[rng.permutation(len(cells))[:3]] for _ in range(new)])
            environment = Coverage(draw(), draw())
            slots = (recorded + np.arange(new)) % capacity
            for t in range(HORIZON):
                x = np.concatenate([environment.features(), ids], -1)
                available = environment.available()
                with torch.no_grad():
                    q = learner.live["agent"](torch.from_numpy(x)).numpy()
                greedy = np.where(available, q, -np.inf).argmax(-1)
                noise = np.where(available, rng.random(available.shape), -1).argmax(-1)
                joint = np.where(rng.random(greedy.shape) < epsilon, noise, greedy)
                memory["inputs"][slots, t * 3 : t * 3 + 3] = x
                memory["available"][slots, t * 3 : t * 3 + 3] = available
                memory["actions"][slots, t] = joint
                memory["rewards"][slots, t] = environment.step(joint)
                steps += new
            recorded += new
        picked = rng.integers(0, min(recorded, capacity), batch)
        get = lambda name: torch.from_numpy(memory[name][picked])
        learner.update(
            get("inputs").view(-1, inputs),
            get("available").view(-1, actions),
            torch.zeros(batch * HORIZON, 1),
            get("actions").view(-1, 3),
            get("rewards"),
        )
    return steps / (time.process_time() - before)


check(sys.argv[1])
learners = {
    "independent": ValueLearner("independent", OBS + AGENTS, ACTIONS, T),
    "vdn": ValueLearner("vdn", OBS + AGENTS, ACTIONS, T),
    "qmix": ValueLearner("qmix", OBS + AGENTS, ACTIONS, T),
    "coma": Coma(),
    "commnet": CommNet(),
}
rates = {name: update_rate(learner) for name, learner in learners.items()}
print(json.dumps({"updates": rates, "endToEnd": end_to_end(), "version": torch.__version__}))
