import Comparison

extension Failure {
    init(check error: CheckError) {
        switch error {
        case .failed(let round, let status, let message):
            let text = message.split(separator: "\n").last.map { ": \($0)" } ?? ""
            self.init("the build failed in the round \"\(round)\" with exit code \(status)\(text)", .software)
        case .outputMissing(let path):
            self.init("\(path): the command did not write it", .missingInput)
        case .nothingWritten: self.init("the build wrote no files, so nothing was compared", .usage)
        case .sameName(let name): self.init("two outputs are called \(name); rename one", .usage)
        }
    }
}
