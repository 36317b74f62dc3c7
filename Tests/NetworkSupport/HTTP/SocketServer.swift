internal import Foundation
internal import Synchronization

/// Accepts connections and serves each on a thread of its own, so that tests which hold all of Swift's threads for
/// tasks can't starve it. It ends with its last reference, at any moment and whatever connections do meanwhile.
final class SocketServer: Sendable {
    private let listener: Socket
    private let connections: Connections

    /// What is open, shared with the threads: they must not keep the server itself alive.
    private final class Connections: Sendable {
        private struct State {
            var open: [ObjectIdentifier: Socket] = [:]
            var isClosed = false
        }
        private let state = Mutex(State())
        private let threads = DispatchGroup()

        /// Runs `serve` on a new thread, unless the server has ended.
        func start(_ socket: Socket, _ serve: @escaping @Sendable (Socket) -> Void) {
            let isOpen = state.withLock { state in
                if !state.isClosed { state.open[ObjectIdentifier(socket)] = socket }
                return !state.isClosed
            }
            guard isOpen else { return }
            threads.enter()
            Thread.detachNewThread { [self] in
                serve(socket)
                state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(socket)) }
                threads.leave()
            }
        }

        /// Runs `accept` on a new thread.
        func startAccepting(_ accept: @escaping @Sendable () -> Void) {
            threads.enter()
            Thread.detachNewThread { [self] in
                accept()
                threads.leave()
            }
        }

        func end() {
            let open = state.withLock { state in
                state.isClosed = true
                return Array(state.open.values)
            }
            for socket in open { socket.shutDown() }
        }

        func wait() { threads.wait() }
    }

    /// Listens on a free port of loopback, or at `path`; `serve` has a connection until it returns.
    init(path: String? = nil, serve: @escaping @Sendable (Socket) -> Void) throws {
        let listener = try path.map(Socket.listening(path:)) ?? Socket.listening()
        let connections = Connections()
        self.listener = listener
        self.connections = connections
        connections.startAccepting {
            while let socket = listener.accepted() { connections.start(socket, serve) }
        }
    }

    deinit { end() }

    /// 0 for a socket with a path.
    var port: Int { listener.port }

    /// Refuses and cuts all connections, and waits until those that served them are done.
    func close() async {
        end()
        let connections = connections
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                connections.wait()
                continuation.resume()
            }
        }
    }

    private func end() {
        listener.shutDown()
        connections.end()
    }
}
