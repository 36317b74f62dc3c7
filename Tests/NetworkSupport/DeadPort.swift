internal import Synchronization

/// TCP ports of loopback on which nobody listens as long as this process runs, whatever other tests start.
public enum DeadPort {
    private static let reserved = Mutex<[Socket]>([])

    public static func next() throws -> Int {
        let socket = try Socket.reserved()
        reserved.withLock { $0.append(socket) }
        return socket.port
    }
}
