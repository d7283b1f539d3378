"""Checks that what is timed is the work that measure/Operation.java names: results against formulas.

    python -m unittest check_operations

The device is that of the variable PEERS_DEVICE, or the CPU.
"""

import math
import os
import unittest

import torch

import offers
import synthetic_text
from operations import OPERATIONS, cross_entropy, projected_loss, training_step
from refusal import Refusal

DEVICE = torch.device(os.environ.get("PEERS_DEVICE", "cpu"))
OFFERED, _ = offers.look(DEVICE)
if DEVICE.type == "cuda":
    torch.cuda.set_device(DEVICE)


def work(operation, kind="float32", variant=None, peer="pytorch", **shape):
    torch.manual_seed(1)
    case = {"operation": operation, "shape": shape, "type": kind, "variant": variant}
    return OPERATIONS[operation](peer, case, DEVICE)


def close(found, expected):
    torch.testing.assert_close(found, expected, check_dtype=False)


def steps(training, count):
    """The losses of so many steps."""
    for _ in range(count):
        training.step()
    losses = training.losses.finish()
    assert len(losses) == count
    return losses


class Operations(unittest.TestCase):
    def test_tokens_are_those_of_the_generator_one_by_one(self):
        state = 1
        expected = []
        for _ in range(1000):
            state = (state * 1_664_525 + 1_013_904_223) & 0xFFFF_FFFF
            expected.append(int(10_001 ** (state / 2**32)) - 1)
        self.assertEqual(expected, synthetic_text.tokens(10_000, 1000).tolist())

    def test_a_target_is_the_token_behind_its_input(self):
        inputs, targets = synthetic_text.windows(50, 7)
        text = synthetic_text.tokens(50, 64 * 7 + 1)
        self.assertTrue(torch.equal(inputs.flatten(), text[:-1]))
        self.assertTrue(torch.equal(targets.flatten(), text[1:]))

    def test_cross_entropy_is_the_mean_and_its_gradient(self):
        for peer in (peer for peer in OFFERED if peer in cross_entropy.LOSSES):
            with self.subTest(peer):
                logits, targets = (it := work("cross_entropy", peer=peer, N=8, V=64)).operands()
                # A peer may write the gradient over them.
                double = logits.detach().double()
                value, (gradient,) = it.run(logits, targets)
                close(value, -double.log_softmax(1)[range(8), targets].mean())
                one_hot = torch.eye(64, device=DEVICE)[targets]
                close(gradient, (double.softmax(1) - one_hot) / 8)

    def test_a_projected_loss_gives_the_gradients_of_both_operands(self):
        # cce takes no float32.
        for peer in (peer for peer in OFFERED if peer in projected_loss.LOSSES and peer != "cce"):
            with self.subTest(peer):
                it = work("projected_cross_entropy", peer=peer, N=8, H=16, V=64)
                hidden, weight = it.operands()
                value, grad_hidden, grad_weight = it.run(hidden, weight)
                # The window that it has just taken is the first.
                targets = synthetic_text.windows(64, 8)[1][0].to(DEVICE)
                logits = hidden.detach().double() @ weight.detach().double().t()
                close(value, -logits.log_softmax(1)[range(8), targets].mean())
                gradient = (logits.softmax(1) - torch.eye(64, device=DEVICE)[targets]) / 8
                close(grad_hidden, gradient @ weight.detach().double())
                close(grad_weight, gradient.t() @ hidden.detach().double())

    def test_the_three_products_are_written(self):
        it = work("projection_products", N=6, H=4, V=11)
        hidden, weight, logits, grad_logits, grad_hidden, grad_weight = operands = it.operands()
        it.run(*operands)
        close(logits, hidden @ weight.t())
        close(grad_hidden, grad_logits @ weight)
        close(grad_weight, grad_logits.t() @ hidden)

    def test_a_recurrent_layer_is_a_tanh_rnn(self):
        it = work("rnn_forward", variant="tanh", B=3, T=5, H=4)
        sequence, state = it.operands()
        hidden, last = it.run(sequence, state)
        self.assertEqual((3, 5, 4), hidden.shape)
        self.assertLess(hidden.abs().max(), 1)
        close(last[0], hidden[:, -1])
        self.assertFalse(hidden.requires_grad)

    def test_its_training_gives_the_gradients_of_input_state_and_parameters(self):
        it = work("rnn_training", variant="tanh", B=3, T=5, H=4)
        shapes = [tuple(gradient.shape) for gradient in it.run(*it.operands())]
        self.assertEqual([(3, 5, 4), (1, 3, 4), (4, 4), (4, 4), (4,), (4,)], shapes)

    def test_another_cell_is_refused(self):
        with self.assertRaisesRegex(Refusal, "expected the cell tanh, found gru"):
            work("rnn_forward", variant="gru", B=3, T=5, H=4)

    def test_an_embedding_looks_up_rows(self):
        window, weight = (it := work("embedding", N=6, V=11, E=4)).operands()
        close(it.run(window, weight), weight[window])

    def test_its_gradient_is_dense(self):
        window, gradient = (it := work("embedding_backward", N=6, V=11, E=4)).operands()
        expected = torch.zeros(11, 4, device=DEVICE).index_add_(0, window, gradient)
        close(it.run(window, gradient), expected)

    def test_adam_takes_a_step(self):
        for peer in ("pytorch", "pytorch-fused-adam"):
            with self.subTest(peer):
                parameter, adam = (it := work("adam", peer=peer, P=5)).operands()
                before = parameter.detach().clone()
                gradient = parameter.grad.clone()
                it.run(parameter, adam)
                # In the first step the moments' corrections leave the gradient's sign.
                close(parameter.detach(), before - 1e-3 * gradient / (gradient.abs() + 1e-8))

    def test_a_training_step_learns_from_the_loss_of_guessing(self):
        for peer in (peer for peer in OFFERED if peer in training_step.WAYS):
            with self.subTest(peer):
                (training,) = work("training_step", peer=peer, V=50, E=8, H=16, B=4, T=7).operands()
                losses = steps(training, 201)
                self.assertAlmostEqual(math.log(50), losses[0], delta=0.5)
                self.assertLess(losses[-1], losses[0] - 0.5)

    def test_all_peers_train_alike(self):
        losses = {}
        for peer in (peer for peer in OFFERED if peer in training_step.WAYS):
            (training,) = work("training_step", peer=peer, V=50, E=8, H=16, B=4, T=7).operands()
            losses[peer] = torch.tensor(steps(training, 20))
        for peer, of_peer in losses.items():
            with self.subTest(peer):
                torch.testing.assert_close(of_peer, losses["pytorch"], rtol=1e-3, atol=1e-4)

    def test_its_state_is_carried_over(self):
        (training,) = work("training_step", V=50, E=8, H=16, B=4, T=7).operands()
        self.assertEqual(0, training.state.abs().max())
        training.step()
        self.assertGreater(training.state.abs().max(), 0)
        self.assertFalse(training.state.requires_grad)

    def test_bfloat16_operands_are_bfloat16(self):
        for operation in ("cross_entropy", "projected_cross_entropy", "rnn_forward"):
            shape = {"B": 3, "T": 5, "H": 4}
            variant = "tanh"
            if operation != "rnn_forward":
                shape = {"N": 6, "V": 11} if operation == "cross_entropy" else {"N": 6, "H": 4, "V": 11}
                variant = None
            with self.subTest(operation):
                it = work(operation, "bfloat16", variant, **shape)
                first, *_ = operands = it.operands()
                self.assertEqual(torch.bfloat16, first.dtype)
                it.run(*operands)

    def test_what_a_peer_does_not_have_is_refused(self):
        with self.assertRaisesRegex(Refusal, "has no embedding of its own"):
            work("embedding", peer="liger", N=6, V=11, E=4)


if __name__ == "__main__":
    unittest.main()
