"use strict";

const form = document.getElementById("order");
const notice = form.querySelector("output");

function orderedLines() {
  return Array.from(form.querySelectorAll("input"))
    .map((input) => ({ product_id: input.name, quantity: input.valueAsNumber || 0 }))
    .filter((line) => line.quantity > 0);
}

async function placeOrder(lines) {
  const response = await fetch("/api/orders", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ id: form.dataset.orderId, lines }),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(typeof answer.detail === "string" ? answer.detail : "Please check the quantities.");
  }
  return answer;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const lines = orderedLines();
  if (lines.length === 0) {
    notice.textContent = "Choose at least one product.";
    return;
  }
  try {
    const order = await placeOrder(lines);
    notice.textContent = `Order placed. Total: ${order.total}`;
  } catch (error) {
    notice.textContent = `No order was placed: ${error.message}`;
  }
});
