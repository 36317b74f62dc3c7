/// A TCP port of loopback that nobody listens on now.
public enum FreePort {
    public static func next() async throws -> Int { try Socket.listening().port }
}
