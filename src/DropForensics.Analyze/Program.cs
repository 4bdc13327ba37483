using DropForensics.Analyze.Commands;
using DropForensics.Analyze.Display;

ConsoleText.Settle(args);
return await CommandRunner.RunAsync(args, CommandList.Report(), CommandList.Others());
