/* The network's fingerprint, from the kernel's tables as they are printed. */
#include "os/os.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ROUTE_HEAD \
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
#define WLAN_OUT "wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
#define WLAN_NET "wlan0\t0000A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0\n"
#define TUNNEL_OUT "wg0\t00000000\t00000000\t0001\t0\t0\t50\t00000000\t0\t0\t0\n"
#define WIDE_NET "wlan0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
#define ARP_HEAD "IP address       HW type     Flags       HW address            Mask     Device\n"
#define ROUTER "192.168.0.1      0x1         0x2         aa:bb:cc:00:11:22     *        wlan0\n"

static void print_of(const char *routes, const char *arp, char out[NET_FINGERPRINT + 1]) {
    struct net n;
    struct err e = {0};
    if (!net_read(str_of(routes), str_of(arp), &n, &e)) {
        fail_msg("%s", e.text);
    }
    net_fingerprint(&n, out);
}

static void it_reads_the_gateway_and_its_subnet(void **state) {
    (void)state;
    struct net n;
    struct err e = {0};
    assert_true(net_read(STR(ROUTE_HEAD WLAN_OUT WIDE_NET WLAN_NET), STR(ARP_HEAD ROUTER), &n, &e));
    assert_string_equal(n.interface, "wlan0");
    assert_string_equal(n.gateway, "192.168.0.1");
    assert_memory_equal(n.mac, "\xaa\xbb\xcc\x00\x11\x22", 6);
    assert_int_equal(n.subnet, 0xc0a80000);
    assert_int_equal(n.mask, 0xffffff00);
    assert_true(net_holds(&n, "192.168.0.77"));
    assert_false(net_holds(&n, "192.168.1.77"));
    assert_false(net_holds(&n, "127.0.0.1"));
    assert_false(net_holds(&n, "::1"));
    assert_false(net_holds(&n, ""));
}

/* Another router, another subnet: another network. Another interface is none. */
static void it_tells_networks_apart(void **state) {
    (void)state;
    char here[NET_FINGERPRINT + 1];
    char other[NET_FINGERPRINT + 1];
    print_of(ROUTE_HEAD WLAN_OUT WLAN_NET, ARP_HEAD ROUTER, here);
    assert_int_equal(strlen(here), NET_FINGERPRINT);
    print_of(ROUTE_HEAD WLAN_OUT WLAN_NET,
             ARP_HEAD "192.168.0.1 0x1 0x2 aa:bb:cc:00:11:23 * wlan0\n", other);
    assert_string_not_equal(here, other);
    print_of(ROUTE_HEAD WLAN_OUT WIDE_NET, ARP_HEAD ROUTER, other);
    assert_string_not_equal(here, other);
    print_of(ROUTE_HEAD
             "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
             "eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n" WLAN_OUT WLAN_NET,
             ARP_HEAD ROUTER "192.168.0.1 0x1 0x2 aa:bb:cc:00:11:22 * eth0\n", other);
    assert_string_equal(here, other);
}

static void it_names_none_where_nothing_proves_one(void **state) {
    (void)state;
    static const struct {
        const char *routes, *arp, *why;
    } cases[] = {
        {"", "", "no default route"},
        {ROUTE_HEAD WLAN_NET, ARP_HEAD ROUTER, "no default route"},
        {ROUTE_HEAD WLAN_OUT WLAN_NET TUNNEL_OUT, ARP_HEAD ROUTER, "no default route"},
        {ROUTE_HEAD WLAN_OUT, ARP_HEAD ROUTER, "no subnet"},
        {ROUTE_HEAD WLAN_OUT WLAN_NET, ARP_HEAD, "not been heard of"},
        {ROUTE_HEAD WLAN_OUT WLAN_NET, ARP_HEAD "192.168.0.1 0x1 0x0 00:00:00:00:00:00 * wlan0\n",
         "not been heard of"},
        {ROUTE_HEAD WLAN_OUT WLAN_NET, ARP_HEAD "192.168.0.1 0x1 0x2 aa:bb:cc:00:11:22 * eth1\n",
         "not been heard of"},
        {ROUTE_HEAD WLAN_OUT WLAN_NET, ARP_HEAD "192.168.0.10 0x1 0x2 aa:bb:cc:00:11:22 * wlan0\n",
         "not been heard of"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct net n;
        struct err e = {0};
        assert_false(net_read(str_of(cases[i].routes), str_of(cases[i].arp), &n, &e));
        if (!strstr(e.text, cases[i].why)) {
            fail_msg("case %zu: %s", i, e.text);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_reads_the_gateway_and_its_subnet),
        cmocka_unit_test(it_tells_networks_apart),
        cmocka_unit_test(it_names_none_where_nothing_proves_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
