internal import Foundation

/// The body of an answer on its way to the client, with what goes wrong on it.
struct FaultyBody {
    private let connection: HTTPConnection
    private let fault: Fault?
    private let count: (Int) -> Void
    private var sent = 0

    /// `count` is told how many bytes each write sends.
    init(_ connection: HTTPConnection, _ fault: Fault?, count: @escaping (Int) -> Void) {
        self.connection = connection
        self.fault = fault
        self.count = count
    }

    /// Before the head of the answer.
    func start() throws {
        switch fault {
        case .reset(after: 0): try connection.reset()
        case .close(after: 0): throw ConnectionEnd()
        case .stall(after: 0): try connection.stall()
        default: break
        }
    }

    mutating func write(_ bytes: [UInt8]) throws {
        switch fault {
        case .reset(let limit):
            if try isCut(bytes, limit) { try connection.reset() }
        case .close(let limit):
            if try isCut(bytes, limit) {
                // An end that overtakes what came before it may take that along, in this server or in the client.
                usleep(50_000)
                throw ConnectionEnd()
            }
        case .stall(let limit):
            if try isCut(bytes, limit) { try connection.stall() }
        case .drip(let size, let pause):
            for start in stride(from: 0, to: bytes.count, by: size) {
                try pass(Array(bytes[start..<min(start + size, bytes.count)]))
                Thread.sleep(forTimeInterval: pause / .seconds(1))
            }
        case .corrupt(let offset):
            var changed = bytes
            if changed.indices.contains(offset - sent) { changed[offset - sent] ^= 0x20 }
            try pass(changed)
        default: try pass(bytes)
        }
    }

    /// Sends what stands before `limit`; true if there is more.
    private mutating func isCut(_ bytes: [UInt8], _ limit: Int) throws -> Bool {
        let rest = max(0, limit - sent)
        guard bytes.count > rest else {
            try pass(bytes)
            return false
        }
        if rest > 0 { try pass(Array(bytes.prefix(rest))) }
        return true
    }

    private mutating func pass(_ bytes: [UInt8]) throws {
        try connection.write(bytes)
        count(bytes.count)
        sent += bytes.count
    }
}
