extension TunnelProxy {
    /// The port that a client of SOCKS 5 asks for, after its greeting and its login; nil for a client that is refused.
    static func socksPort(
        _ client: Socket, login: (username: String, password: String)?, _ note: (String) -> Void
    ) throws -> Int? {
        let greeting = try bytes(2, client)
        let methods = try bytes(Int(greeting[1]), client)
        let method: UInt8 = login == nil ? 0 : 2
        guard methods.contains(method) else {
            try client.write([5, 0xFF])
            return nil
        }
        try client.write([5, method])
        var user = ""
        if let login {
            // Version.
            _ = try bytes(1, client)
            user = try text(client)
            let password = try text(client)
            let matchesDigest = (user, password) == login
            try client.write([1, matchesDigest ? 0 : 1])
            guard matchesDigest else { return nil }
        }
        // Version, command (1 connects), reserved, type of the address.
        let request = try bytes(4, client)
        let host =
            switch request[3] {
            case 1: try bytes(4, client).map { "\($0)" }.joined(separator: ".")
            case 3: try text(client)
            default: try bytes(16, client).map { "\($0)" }.joined(separator: ":")
            }
        let digits = try bytes(2, client)
        let port = Int(digits[0]) << 8 | Int(digits[1])
        note("\(host):\(port)\(user.isEmpty ? "" : " for \(user)")")
        return port
    }

    /// A text behind a byte with its length.
    private static func text(_ client: Socket) throws -> String {
        let count = try bytes(1, client)[0]
        return String(decoding: try bytes(Int(count), client), as: UTF8.self)
    }

    private static func bytes(_ count: Int, _ client: Socket) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try client.read(limit: count - bytes.count)
            if more.isEmpty { throw ConnectionEnd() }
            bytes += more
        }
        return bytes
    }
}
