#!/usr/bin/perl
# client.pl - Cache::Memcached::Fast. See README.md.

use strict;
use warnings;

use Cache::Memcached::Fast;

sub ok {
    my ($fact, $name) = @_;
    print $fact ? "ok" : "not ok", " - $name\n";
    return;
}

sub basic {
    my ($client, $key) = @_;

    ok($client->set($key, "one"), "set");
    ok($client->get($key) eq "one", "get");
    ok(!defined $client->get("$key.none"), "get of a missing key");
    ok(!$client->add($key, "two"), "add refuses");
    ok($client->replace($key, "two"), "replace");
    ok($client->append($key, "-end"), "append");
    ok($client->prepend($key, "start-"), "prepend");
    ok($client->get($key) eq "start-two-end", "append and prepend together");
    my ($version) = @{ $client->gets($key) };
    ok($client->cas($key, $version, "three"), "cas");
    ok(!$client->cas($key, $version, "four"),
        "cas refuses a version that has passed");
    ok($client->delete($key),  "delete");
    ok(!$client->delete($key), "delete of nothing");
    $client->set($key, 10);
    ok($client->incr($key, 5) == 15,  "incr");
    ok($client->decr($key, 6) == 9,   "decr");
    ok($client->decr($key, 100) == 0, "decr cannot refuse: it stops at 0");
    ok($client->touch($key, 100),     "touch");
    my $large = join q{}, map { chr($_ % 256) } 1 .. 500_000;
    $client->set_multi([ "$key.a", $large ], [ "$key.b", q{} ]);
    my $got = $client->get_multi("$key.a", "$key.none", "$key.b");
    ok($got->{"$key.a"} eq $large && $got->{"$key.b"} eq q{}
            && keys %{$got} == 2,
        "set_multi and get_multi");
    $client->set("$key.$_", $_) for 1 .. 100;
    my $versions = $client->gets_multi(map { "$key.$_" } 1 .. 100);
    ok((grep { $versions->{"$key.$_"}[0] > 0 && $versions->{"$key.$_"}[1] == $_ }
            1 .. 100) == 100, "gets_multi");
    ok(values %{ $client->server_versions } == 1, "version");
    ok($client->flush_all,                        "flush_all");
    ok(!defined $client->get("$key.a"), "nothing is there after flush_all");
    return;
}

sub race {
    my ($client, $key, $quota) = @_;

    $client->gets($key);
    print "ready\n";
    readline STDIN;
    my $bought = 0;
    while ($bought < $quota) {
        my $record = $client->gets($key) or die "gets: no reply\n";
        my ($version, $seats) = @{$record};
        last if $seats == 0;
        if ($client->cas($key, $version, $seats - 1)) {
            print "SOLD $seats $version\n";
            $bought++;
        }
    }
    return;
}

my ($use, $host, $port, $key, $quota) = @ARGV;
my $client = Cache::Memcached::Fast->new(
    {   servers           => ["$host:$port"],
        io_timeout        => 60,
        max_size          => 2 * 1024 * 1024,
        nowait            => 0,
        compress_threshold => -1,
    }
);
$| = 1;
if ($use eq "basic") {
    basic($client, $key);
} else {
    race($client, $key, $quota);
}
