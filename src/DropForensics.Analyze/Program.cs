using DropForensics.Analyze.Commands;

return await CommandRunner.RunAsync(
    args,
    ReportCommand.Create(),
    RawCommand.Create(),
    VerifyCommand.Create(),
    ReplayCommand.Create(),
    ExportCommand.Create(),
    RedactCommand.Create(),
    ImportCommand.Create(),
    DiffCommand.Create(),
    ExplainCommand.Create());
