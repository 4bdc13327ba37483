using DropForensics.Analyze.Commands;

return await CommandRunner.RunAsync(args, ReportCommand.Create(), RawCommand.Create(), ImportCommand.Create(), ExplainCommand.Create());
