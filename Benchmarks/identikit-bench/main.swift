import Bytes
import Host

// Measures one part of Identikit at a time (each printed line has space-separated `key=value` pairs), and
// generates the input for measuring the whole.

func run(_ arguments: [String]) throws {
    switch arguments.first {
    case "deflate" where arguments.count == 2 || arguments.count == 3:
        let jobs = arguments.count == 3 ? Int(arguments[2]) : nil
        try DeflateBenchmark.run(file: arguments[1], jobs: jobs.map { [$0] } ?? [1, processorCount()])
    case "corpus" where arguments.count == 4:
        guard let bytes = Int(arguments[2]), let files = Int(arguments[3]), bytes >= 0, files > 0 else {
            fallthrough
        }
        var corpus = Corpus(directory: arguments[1], bytes: bytes, files: files)
        try corpus.write()
    case "fat" where arguments.count == 3:
        try ImageBenchmark.fat(file: arguments[1], output: arguments[2])
    case "disk" where arguments.count == 5:
        try ImageBenchmark.disk(
            format: arguments[1], file: arguments[2], output: arguments[3], jobs: Int(arguments[4]) ?? 1)
    case "root" where arguments.count == 4:
        try RootBenchmark.run(format: arguments[1], directory: arguments[2], output: arguments[3])
    default:
        print(
            """
            usage: identikit-bench deflate FILE [JOBS]
                   identikit-bench corpus DIRECTORY BYTES FILES
                   identikit-bench fat FILE OUTPUT
                   identikit-bench disk FORMAT FILE OUTPUT JOBS
                   identikit-bench root FORMAT DIRECTORY OUTPUT
            """)
        quit(2)
    }
}

do { try run(Array(CommandLine.arguments.dropFirst())) } catch {
    print("error=\(error)")
    quit(1)
}
