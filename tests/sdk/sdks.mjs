// The official Node SDKs against the daemon; run by test_sdks.py.
import assert from "node:assert/strict";
import OpenAI from "openai";
import Anthropic from "@anthropic-ai/sdk";

const url = process.env.WEIR_URL;
const model = process.env.WEIR_MODEL;
const openai = new OpenAI({ baseURL: url + "/v1", apiKey: "none", maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: "Say hello." }];
const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

const ids = [];
for await (const m of openai.models.list()) ids.push(m.id);
assert(ids.includes("auto") && ids.includes(model));

for (const name of [model, "cloud/big", "claude/opus", "script/x"]) {
  const plain = await openai.chat.completions.create({ model: name, messages, max_tokens: 16 });
  assert(plain.choices[0].message.content.length > 0);
  let text = "", usage;
  const stream = await openai.chat.completions.create({
    model: name, messages, max_tokens: 16, stream: true, stream_options: { include_usage: true } });
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
  }
  assert(text.length > 0 && usage.completion_tokens > 0, name);
  const m = await anthropic.messages.create({ model: name, max_tokens: 16, messages });
  assert(m.content[0].text.length > 0);
  const final = await anthropic.messages.stream({ model: name, max_tokens: 16, messages }).finalMessage();
  assert(final.content[0].text.length > 0, name);
}

const forced = await openai.chat.completions.create({
  model, max_tokens: 200, messages: [{ role: "user", content: "What is the weather in Paris?" }],
  tools: [{ type: "function", function: { name: "get_weather", parameters: schema } }], tool_choice: "required" });
assert.equal(forced.choices[0].message.tool_calls[0].function.name, "get_weather");
assert.equal(typeof JSON.parse(forced.choices[0].message.tool_calls[0].function.arguments).city, "string");

const tool = await anthropic.messages.create({
  model, max_tokens: 200, messages: [{ role: "user", content: "What is the weather in Paris?" }],
  tools: [{ name: "get_weather", input_schema: schema }], tool_choice: { type: "any" } });
assert.equal(tool.content.find((b) => b.type === "tool_use").name, "get_weather");

await assert.rejects(openai.chat.completions.create({ model: "nope", messages }), OpenAI.NotFoundError);
await assert.rejects(anthropic.messages.create({ model: "nope", max_tokens: 5, messages }), Anthropic.NotFoundError);
console.log("all passed");
