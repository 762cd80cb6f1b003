// client.js - memcached, from npm. See README.md.
"use strict";

const readline = require("node:readline");
const { promisify } = require("node:util");
const Memcached = require("memcached");

const ok = (fact, name) => console.log(`${fact ? "ok" : "not ok"} - ${name}`);

// The client's functions as promises: client.call("get", key).
class Client {
    constructor(address) {
        this.memcached = new Memcached(address, {
            poolSize: 1, timeout: 60000, retries: 0,
        });
    }

    call(name, ...args) {
        return promisify(this.memcached[name]).apply(this.memcached, args);
    }

    // Storage that is refused is an error to some functions of this client,
    // and false to others.
    async stores(name, ...args) {
        try {
            return await this.call(name, ...args) === true;
        } catch (refused) {
            if (/NOT_STORED|not stored/i.test(refused.message)) {
                return false;
            }
            throw refused;
        }
    }
}

async function basic(client, key) {
    ok(await client.stores("set", key, "one", 0), "set");
    ok(await client.call("get", key) === "one", "get");
    ok(await client.call("get", `${key}.none`) === undefined,
        "get of a missing key");
    ok(!await client.stores("add", key, "two", 0), "add refuses");
    ok(await client.stores("replace", key, "two", 0), "replace");
    ok(await client.stores("append", key, "-end"), "append");
    ok(await client.stores("prepend", key, "start-"), "prepend");
    ok(await client.call("get", key) === "start-two-end",
        "append and prepend together");
    const { cas } = await client.call("gets", key);
    ok(await client.stores("cas", key, "three", cas, 0), "cas");
    ok(!await client.stores("cas", key, "four", cas, 0),
        "cas refuses a version that has passed");
    ok(await client.call("del", key) === true, "delete");
    ok(await client.call("del", key) === false, "delete of nothing");
    await client.call("set", key, 10, 0);
    ok(await client.call("incr", key, 5) === 15, "incr");
    ok(await client.call("decr", key, 6) === 9, "decr");
    ok(await client.call("decr", key, 100) === 0,
        "decr cannot refuse: it stops at 0");
    ok(await client.call("touch", key, 100) === true, "touch");
    const large = "0123456789abcdef".repeat(30000);
    await client.call("set", `${key}.a`, large, 0);
    await client.call("set", `${key}.b`, { x: [1, 2.5] }, 0);
    const many = await client.call("getMulti",
        [`${key}.a`, `${key}.none`, `${key}.b`]);
    ok(many[`${key}.a`] === large && many[`${key}.b`].x[1] === 2.5
        && Object.keys(many).length === 2, "getMulti");
    await client.call("set", `${key}.n`, 0, 0);
    const counted = await Promise.all(Array.from({ length: 200 },
        () => client.call("incr", `${key}.n`, 1)));
    ok(new Set(counted).size === 200 && Math.max(...counted) === 200,
        "200 increments at once are answered one by one");
    ok((await client.call("stats"))[0].cmd_get > 0, "stats");
    ok((await client.call("version"))[0].version !== undefined, "version");
    ok((await client.call("flush"))[0] === true, "flush_all");
    ok(await client.call("get", `${key}.a`) === undefined,
        "nothing is there after flush_all");
}

function lineOnStandardInput() {
    return new Promise((resolve) => {
        const lines = readline.createInterface({ input: process.stdin });
        lines.once("line", () => { lines.close(); resolve(); });
    });
}

async function race(client, key, quota) {
    await client.call("gets", key);
    console.log("ready");
    await lineOnStandardInput();
    for (let bought = 0; bought < quota;) {
        const record = await client.call("gets", key);
        const seats = Number(record[key]);
        if (seats === 0) {
            return;
        }
        if (await client.stores("cas", key, String(seats - 1), record.cas, 0)) {
            console.log(`SOLD ${seats} ${record.cas}`);
            bought += 1;
        }
    }
}

async function main() {
    const [use, host, port, key, quota] = process.argv.slice(2);
    const client = new Client(`${host}:${port}`);
    if (use === "basic") {
        await basic(client, key);
    } else {
        await race(client, key, Number(quota));
    }
    client.memcached.end();
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
