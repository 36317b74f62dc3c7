/// A bare TCP connection to a port of loopback, for tests of the servers themselves.
public struct LoopbackClient: Sendable {
    private let socket: Socket

    public init(port: Int) throws { socket = try Socket.connected(to: port) }

    public func send(_ text: String) throws { try socket.write(text.utf8) }

    /// What comes next; empty when the server has ended the connection.
    public func receive() throws -> String { String(decoding: try socket.read(), as: UTF8.self) }

    public static func isRefused(port: Int) -> Bool { (try? Socket.connected(to: port)) == nil }

    /// Connects, sends `text` and closes; whatever fails is ignored.
    public static func connectAndLeave(port: Int, sending text: String) {
        try? Socket.connected(to: port).write(text.utf8)
    }
}
