import Bytes
import Glibc
import Host

/// What the command line asks for.
struct CommandLineRun {
    private var options = Hunt.Options()
    private var only: UInt64?
    private var file: String?
    private var worker: [String] = []

    init(_ arguments: [String]) throws {
        if arguments.first == "--worker" {
            worker = Array(arguments.dropFirst())
            return
        }
        var rest = arguments[...]
        while let name = rest.popFirst() {
            switch name {
            case "--list":
                for format in FuzzFormat.all { print(format.name) }
                exit(0)
            case "--help", "-h":
                print(usage, terminator: "")
                exit(0)
            default: break
            }
            guard let value = rest.popFirst() else { throw HuntError("\(name) needs a value\n\(usage)") }
            try take(name, value)
        }
    }

    private mutating func take(_ name: String, _ value: String) throws {
        switch name {
        case "--format":
            options.formats = try value.split(separator: ",").map { try Self.format(String($0)) }
        case "--seed" where value == "random":
            var generator = SystemRandomNumberGenerator()
            options.seed = generator.next()
        case "--seed": options.seed = try Self.number(value)
        case "--count": options.count = try Self.number(value)
        case "--seconds": options.seconds = Double(try Self.number(value))
        case "--jobs": options.jobs = max(1, Int(try Self.number(value)))
        case "--directory": options.directory = value
        case "--findings": options.findingLimit = max(1, Int(try Self.number(value)))
        case "--only": only = try Self.number(value)
        case "--file": file = value
        default: throw HuntError("unknown option \(name)\n\(usage)")
        }
    }

    private static func number(_ text: String) throws -> UInt64 {
        guard let number = UInt64(text) else { throw HuntError("\(text) is not a number") }
        return number
    }

    private static func format(_ name: String) throws -> FuzzFormat {
        guard let format = FuzzFormat.named(name) else {
            throw HuntError(
                "no format \(name); there are \(FuzzFormat.all.map(\.name).joined(separator: ", "))")
        }
        return format
    }

    func run() throws {
        if !worker.isEmpty { return try runWorker() }
        if only != nil || file != nil { return try runOne() }
        print("fuzz: seed \(options.seed), \(options.count) inputs a format")
        let hunt = try Hunt(options)
        defer { hunt.removeScratch() }
        try hunt.run()
        let tried = "\(hunt.total) inputs in \(options.formats.count) formats, seed \(options.seed)"
        if !hunt.findings.isEmpty {
            print("fuzz: \(hunt.findings.count) found in \(tried)")
            hunt.removeScratch()
            exit(1)
        }
        let short = hunt.fewest < options.count ? " (time is up: \(hunt.fewest) in the slowest)" : ""
        print("fuzz: no crash, no hang, no broken promise in \(tried)\(short)")
    }

    private func runWorker() throws {
        guard worker.count == 5 else { throw HuntError("--worker is for this program itself") }
        let page = try SharedPage(path: worker[0])
        Worker.limitResources()
        let mutator = try Mutator(try Self.format(worker[1]), seed: try Self.number(worker[2]))
        let (from, to) = (try Self.number(worker[3]), try Self.number(worker[4]))
        try Worker(mutator: mutator, page: page).run(min(from, to)..<to)
    }

    private func runOne() throws {
        guard let format = options.formats.first, options.formats.count == 1 else {
            throw HuntError("one --format, please")
        }
        let specimen: Specimen
        if let file {
            let bytes = try ReadableFile(path: file)
            specimen = Specimen(try bytes.bytes(at: 0, length: Int(bytes.count), of: file))
        } else {
            specimen = try Mutator(format, seed: options.seed).specimen(only ?? 0)
            print("input: \(try FoundInput.write(format, options, only ?? 0)), \(specimen.count) bytes")
        }
        let start = Worker.nanoseconds
        do {
            try format.read(specimen)
            print("read")
        } catch let broken as BrokenPromise { throw broken } catch { print("refused: \(error)") }
        print("\((Worker.nanoseconds - start) / 1000) microseconds")
    }
}
