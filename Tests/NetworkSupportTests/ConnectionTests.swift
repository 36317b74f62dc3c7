import NetworkSupport
import TestSupport
import Testing

@Suite("Servers of tests survive connections at any moment of their life")
struct ConnectionTests {
    /// Connections for each server: some before the stop, some during it, some after.
    private static let connections = 40

    private func strike(_ port: Int, during stop: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<Self.connections {
                if number == Self.connections / 2 { group.addTask { await stop() } }
                group.addTask {
                    // Refused ones are fine: what counts is that nothing traps and the stop returns.
                    LoopbackClient.connectAndLeave(port: port, sending: number % 3 == 0 ? "GET /v2/ HT" : "")
                }
            }
        }
    }

    @Test("Registries: a thousand connections around their start and stop")
    func registries() async throws {
        for _ in 0..<25 {
            let registry = try await TestRegistry()
            await strike(registry.port) { await registry.close() }
            #expect(LoopbackClient.isRefused(port: registry.port))
        }
    }

    @Test("Proxies end with their last reference while connections come")
    func proxies() async throws {
        let registry = try await TestRegistry()
        for _ in 0..<25 {
            var proxy: FaultProxy? = try await FaultProxy(to: registry.port)
            var tunnel: TunnelProxy? = try await TunnelProxy()
            let ports = [proxy?.port, tunnel?.port].compactMap { $0 }
            await strike(ports[0]) {}
            await strike(ports[1]) {}
            #expect(proxy != nil && tunnel != nil)
            proxy = nil
            tunnel = nil
            for port in ports { LoopbackClient.connectAndLeave(port: port, sending: "") }
        }
    }

    @Test("A connection that is open when the server stops is cut")
    func cut() async throws {
        let registry = try await TestRegistry()
        let client = try LoopbackClient(port: registry.port)
        try client.send("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try client.receive().hasPrefix("HTTP/1.1 200 "))
        await registry.close()
        // What was sent before the stop may come first.
        while try !client.receive().isEmpty {}
    }
}
