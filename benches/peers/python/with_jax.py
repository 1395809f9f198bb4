"""The workloads with JAX: each step is one compiled function that reuses its parameters' memory."""

import jax
import jax.numpy as jnp
import problem

jax.config.update("jax_platforms", "cpu")
# For the scalar function; the other data are f32 and stay so.
jax.config.update("jax_enable_x64", True)


def two_layer(c, p):
    h = jax.nn.relu(c["x"] @ p["w1"])
    return jnp.sum(jnp.square(h @ p["w2"] - c["y"]))


def mlp(c, p):
    h = jax.nn.relu(c["x"] @ p["w1"] + p["b1"])
    h = jax.nn.relu(h @ p["w2"] + p["b2"])
    log_softmax = jax.nn.log_softmax(h @ p["w3"] + p["b3"])
    return -jnp.mean(jnp.take_along_axis(log_softmax, c["classes"][:, None], axis=1))


def chain(c, p):
    return jnp.sum(jnp.tanh(c["x"] * p["w"] + p["b"]) * jax.nn.sigmoid(c["x"]))


def scalar3(_, p):
    x, y, z = p["x"], p["y"], p["z"]
    return jnp.sin(x * y) * jnp.exp(z / x) + jnp.log(y + z * z) / (1.0 + x * x)


LOSSES = {
    "two_layer_sgd": two_layer,
    "two_layer_adam": two_layer,
    "mlp_adam": mlp,
    "chain": chain,
    "scalar3": scalar3,
}


class Program:
    """One workload. `step` computes the loss and the gradient, and updates if the workload trains."""

    def __init__(self, name):
        data, _, descent, rate, _ = problem.WORKLOADS[name]
        self.data = data
        self.value_and_grad = jax.value_and_grad(LOSSES[name], argnums=1)

        def sgd(constants, parameters):
            loss, g = self.value_and_grad(constants, parameters)
            return loss, {k: p - rate * g[k] for k, p in parameters.items()}

        def adam(constants, state):
            parameters, m, v, t = state
            loss, g = self.value_and_grad(constants, parameters)
            t = t + 1
            time = t.astype(jnp.float32)
            new = {
                k: problem.adam(p, g[k], m[k], v[k], time, rate, jnp.sqrt)
                for k, p in parameters.items()
            }
            parameters, m, v = ({k: new[k][i] for k in new} for i in range(3))
            return loss, (parameters, m, v, t)

        self.trains = descent is not None
        self.has_adam = descent == "adam"
        if self.trains:
            self.run = jax.jit(adam if self.has_adam else sgd, donate_argnums=1)
        else:
            self.run = jax.jit(self.value_and_grad)
        self.reset()

    def reset(self):
        constants, parameters = self.data()
        self.constants = {k: jnp.asarray(a) for k, a in constants.items()}
        self.state = {k: jnp.asarray(a) for k, a in parameters.items()}
        if self.has_adam:
            zeros = [{k: jnp.zeros_like(p) for k, p in self.state.items()} for _ in range(2)]
            self.state = (self.state, *zeros, jnp.asarray(0, dtype=jnp.int32))

    def step(self):
        loss, result = jax.block_until_ready(self.run(self.constants, self.state))
        if self.trains:
            self.state = result
        return loss.item()

    def gradient(self):
        parameters = self.state[0] if self.has_adam else self.state
        return self.value_and_grad(self.constants, parameters)[1]
