import ArgumentParser

/// The program: finds hate, aggression and intimidation in Dutch messages to politicians.
@main
struct WeerbaarCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weerbaar",
    abstract: "Finds hate, aggression and intimidation in Dutch-language messages to politicians.",
    version: "0.1.0",
    subcommands: [
      ScoreCommand.self, ExplainCommand.self, InboxCommand.self, ReadCommand.self, CasebookCommand.self,
      WatchCommand.self,
      TrainCommand.self,
      EvaluateCommand.self, CorpusCommand.self, ModelCommand.self, FuzzExportsCommand.self,
      ResearchCommand.self,
    ])
}
