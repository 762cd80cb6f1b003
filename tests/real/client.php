<?php
// client.php - php-memcached. See README.md.

function ok($fact, $name)
{
    echo $fact === true ? "ok" : "not ok", " - $name\n";
}

function gets($client, $key)
{
    return $client->get($key, null, Memcached::GET_EXTENDED);
}

function basic($client, $key)
{
    ok($client->set($key, "one"), "set");
    ok($client->get($key) === "one", "get");
    ok($client->get("$key.none") === false
        && $client->getResultCode() === Memcached::RES_NOTFOUND,
        "get of a missing key");
    ok(!$client->add($key, "two"), "add refuses");
    ok($client->replace($key, "two"), "replace");
    ok($client->append($key, "-end"), "append");
    ok($client->prepend($key, "start-"), "prepend");
    ok($client->get($key) === "start-two-end", "append and prepend together");
    $version = gets($client, $key)["cas"];
    ok($client->cas($version, $key, "three"), "cas");
    ok(!$client->cas($version, $key, "four")
        && $client->getResultCode() === Memcached::RES_DATA_EXISTS,
        "cas refuses a version that has passed");
    ok($client->delete($key), "delete");
    ok(!$client->delete($key), "delete of nothing");
    $client->set($key, 10);
    ok($client->increment($key, 5) === 15, "incr");
    ok($client->decrement($key, 6) === 9, "decr");
    ok($client->decrement($key, 100) === 0,
        "decr cannot refuse: it stops at 0");
    ok($client->touch($key, 100), "touch");
    $large = random_bytes(500000);
    ok($client->setMulti(["$key.a" => $large, "$key.b" => ["x" => [1, 2.5]]])
        && $client->getMulti(["$key.a", "$key.none", "$key.b"]) ===
            ["$key.a" => $large, "$key.b" => ["x" => [1, 2.5]]],
        "setMulti and getMulti, of bytes and of an array");
    ok(count($client->getStats()) === 1, "stats");
    ok(count($client->getVersion()) === 1, "version");
    ok($client->flush(), "flush_all");
    ok($client->get("$key.a") === false, "nothing is there after flush_all");
}

function race($client, $key, $quota)
{
    gets($client, $key);
    echo "ready\n";
    fgets(STDIN);
    for ($bought = 0; $bought < $quota;) {
        $record = gets($client, $key);
        if ($record === false) {
            fwrite(STDERR, "gets: {$client->getResultMessage()}\n");
            exit(1);
        }
        $seats = (int)$record["value"];
        if ($seats === 0) {
            return;
        }
        // As text: a number would get a flag that other clients read as theirs.
        if ($client->cas($record["cas"], $key, (string)($seats - 1))) {
            echo "SOLD $seats {$record["cas"]}\n";
            $bought++;
        }
    }
}

[, $use, $host, $port, $key] = $argv;
$client = new Memcached();
$client->setOption(Memcached::OPT_TCP_NODELAY, true);
$client->setOption(Memcached::OPT_COMPRESSION, false);
$client->setOption(Memcached::OPT_POLL_TIMEOUT, 60000);
$client->addServer($host, (int)$port);
if ($use === "basic") {
    basic($client, $key);
} else {
    race($client, $key, (int)$argv[5]);
}
