internal import CSockets
internal import Foundation

/// A connected or listening socket with blocking calls, for threads that do nothing else. It closes with its last
/// reference, so a descriptor is never closed while another thread uses it; `shutDown` ends such uses.
final class Socket: Sendable {
    struct Failure: Error {
        let operation: String
        let code: CInt
    }

    private let descriptor: CInt

    private init(_ descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    // MARK: Opening

    /// Listens on a free port of 127.0.0.1.
    static func listening() throws -> Socket {
        let socket = try make(AF_INET)
        try socket.set(SOL_SOCKET, SO_REUSEADDR, CInt(1))
        try withLoopback(port: 0) { try check("bind", bind(socket.descriptor, $0, $1)) }
        try check("listen", listen(socket.descriptor, 1024))
        return socket
    }

    /// Takes a free port of 127.0.0.1 and does not listen on it: connections are refused, and nobody else is given the
    /// port, as the socket does not allow its address to be used again.
    static func reserved() throws -> Socket {
        let socket = try make(AF_INET)
        try withLoopback(port: 0) { try check("bind", bind(socket.descriptor, $0, $1)) }
        return socket
    }

    /// Listens on a new Unix domain socket at `path`.
    static func listening(path: String) throws -> Socket {
        let socket = try make(AF_UNIX)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw Failure(operation: "bind", code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        try withUnsafePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try check("bind", bind(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)))
            }
        }
        try check("listen", listen(socket.descriptor, 1024))
        return socket
    }

    /// Connects to `port` of 127.0.0.1.
    static func connected(to port: Int) throws -> Socket {
        let socket = try make(AF_INET)
        try withLoopback(port: port) { try check("connect", connect(socket.descriptor, $0, $1)) }
        try socket.set(CInt(IPPROTO_TCP), TCP_NODELAY, CInt(1))
        return socket
    }

    /// The next connection; nil when the socket was shut down.
    func accepted() -> Socket? {
        while true {
            let connection = csockets_accept(descriptor)
            if connection >= 0 {
                let socket = Socket(connection)
                // Fails on Unix domain sockets, which don't need it.
                try? socket.set(CInt(IPPROTO_TCP), TCP_NODELAY, CInt(1))
                return socket
            }
            // A client that leaves before it is accepted is no reason to stop.
            guard [EINTR, ECONNABORTED, EMFILE, ENFILE, EPROTO].contains(errno) else { return nil }
            usleep(1_000)
        }
    }

    /// The port it is bound to; 0 for a Unix domain socket.
    var port: Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
        }
        guard status == 0, address.sin_family == sa_family_t(AF_INET) else { return 0 }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    // MARK: Using

    /// Up to `limit` bytes as soon as there are any; empty at the end.
    func read(limit: Int = 64 << 10) throws -> [UInt8] {
        var status = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            repeat {
                status = recv(descriptor, buffer.baseAddress, limit, 0)
            } while status < 0
                && errno == EINTR
            count = max(0, status)
        }
        if status < 0 { throw Failure(operation: "recv", code: errno) }
        return bytes
    }

    func write(_ bytes: some Sequence<UInt8>) throws {
        let all = Array(bytes)
        try all.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = send(descriptor, part.baseAddress, part.count, CInt(MSG_NOSIGNAL))
                if count < 0, errno == EINTR { continue }
                if count < 0 { throw Failure(operation: "send", code: errno) }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Ends reads, writes and accepts, here and on other threads.
    func shutDown() { shutdown(descriptor, CInt(SHUT_RDWR)) }

    /// Tells the other side that nothing more will be written.
    func endWriting() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Makes the close a reset (RST): what was not sent yet is lost.
    func resetOnClose() { try? set(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0)) }

    // MARK: Calls

    private static func make(_ family: CInt) throws -> Socket {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        try check("socket", descriptor < 0 ? -1 : 0)
        return Socket(descriptor)
    }

    private func set<Value: BitwiseCopyable>(_ level: CInt, _ name: CInt, _ value: Value) throws {
        var value = value
        let size = socklen_t(MemoryLayout<Value>.size)
        try Self.check("setsockopt", setsockopt(descriptor, level, name, &value, size))
    }

    private static func withLoopback(
        port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void
    ) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        try withUnsafePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func check(_ operation: String, _ status: CInt) throws {
        if status != 0 { throw Failure(operation: operation, code: errno) }
    }
}
