using DropForensics.Analyze.Commands;
using DropForensics.Analyze.Terminal;

ConsoleText.Settle();
return await CommandRunner.RunAsync(args, CommandList.Report(), CommandList.Others());
