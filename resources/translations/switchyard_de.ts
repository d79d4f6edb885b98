<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Alarms</name>
    <message>
        <source>%1 experts</source>
        <translation>%1 Experten</translation>
    </message>
    <message>
        <source>%1 of image choices dropped</source>
        <translation>%1 der Bild-Zuweisungen verworfen</translation>
    </message>
    <message>
        <source>%1 of text choices dropped</source>
        <translation>%1 der Text-Zuweisungen verworfen</translation>
    </message>
    <message>
        <source>No image patches any more</source>
        <translation>Keine Bild-Patches mehr</translation>
    </message>
    <message>
        <source>No text tokens any more</source>
        <translation>Keine Text-Token mehr</translation>
    </message>
    <message>
        <source>Images starved, all to %1</source>
        <translation>Bilder ausgehungert, alle an %1</translation>
    </message>
    <message>
        <source>Text starved, all to %1</source>
        <translation>Text ausgehungert, alle an %1</translation>
    </message>
    <message>
        <source>Loss or gradient not finite</source>
        <translation>Loss oder Gradient nicht endlich</translation>
    </message>
    <message>
        <source>Weights of %1 not finite</source>
        <translation>Gewichte von %1 nicht endlich</translation>
    </message>
    <message>
        <source>Loss leapt to %1</source>
        <translation>Loss auf %1 gesprungen</translation>
    </message>
    <message>
        <source>Data stalled, %1 of step time</source>
        <translation>Daten stocken, %1 der Schrittzeit</translation>
    </message>
    <message>
        <source>Collapsed, all tokens to %1</source>
        <translation>Kollabiert, alle Token an %1</translation>
    </message>
    <message>
        <source>%1 dead, %2 records idle</source>
        <translation>%1 tot, %2 Aufzeichnungen untätig</translation>
    </message>
    <message>
        <source>Balance loss disconnected</source>
        <translation>Balance-Loss nicht verbunden</translation>
    </message>
    <message>
        <source>Drop burst, %1 over %2</source>
        <translation>Verwurfsspitze, %1 über %2</translation>
    </message>
    <message>
        <source>Max violation %1 over %2</source>
        <translation>Max. Überlast %1 über %2</translation>
    </message>
    <message>
        <source>Entropy fell to %1 bits</source>
        <translation>Entropie auf %1 Bit gefallen</translation>
    </message>
    <message>
        <source>run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>%1 (%2, step %3)</source>
        <translation>%1 (%2, Schritt %3)</translation>
    </message>
    <message>
        <source>1 alarm</source>
        <translation>1 Alarm</translation>
    </message>
    <message>
        <source>%1 alarms</source>
        <translation>%1 Alarme</translation>
    </message>
</context>
<context>
    <name>AskAnswer</name>
    <message>
        <source>belong together</source>
        <translation>gehören zusammen</translation>
    </message>
    <message>
        <source>do not belong together</source>
        <translation>gehören nicht zusammen</translation>
    </message>
    <message>
        <source>in the data they belong together</source>
        <translation>in den Daten gehören sie zusammen</translation>
    </message>
    <message>
        <source>the data says %1, %2 away</source>
        <translation>die Daten sagen %1, um %2 entfernt</translation>
    </message>
    <message>
        <source>the data&apos;s answer is none that the model knows</source>
        <translation>die Antwort der Daten kennt das Modell nicht</translation>
    </message>
    <message>
        <source>the data says %1</source>
        <translation>die Daten sagen %1</translation>
    </message>
    <message>
        <source>the data says %1, as do %2 of %3 people</source>
        <translation>die Daten sagen %1, ebenso %2 von %3 Personen</translation>
    </message>
</context>
<context>
    <name>AskSubject</name>
    <message>
        <source>The list of its answers (labels.json) is not in the folder. Export the model again, or choose a checkpoint of its run.</source>
        <translation>Die Liste der Antworten (labels.json) fehlt im Ordner. Modell erneut exportieren oder einen Checkpoint des Laufs wählen.</translation>
    </message>
    <message>
        <source>It was not trained for a task, so it has no answers. Train it on one, or choose another checkpoint.</source>
        <translation>Es wurde für keine Aufgabe trainiert und hat daher keine Antworten. Auf eine trainieren oder einen anderen Checkpoint wählen.</translation>
    </message>
    <message>
        <source>SST-2: is it positive?</source>
        <translation>SST-2: Ist es positiv?</translation>
    </message>
    <message>
        <source>CoLA: is it good English?</source>
        <translation>CoLA: Ist es gutes Englisch?</translation>
    </message>
    <message>
        <source>MRPC: do both say the same?</source>
        <translation>MRPC: Sagen beide dasselbe?</translation>
    </message>
    <message>
        <source>RTE: does the second follow?</source>
        <translation>RTE: Folgt der zweite Satz?</translation>
    </message>
    <message>
        <source>STS-B: how alike are they?</source>
        <translation>STS-B: Wie ähnlich sind sie?</translation>
    </message>
    <message>
        <source>QNLI: is the question answered?</source>
        <translation>QNLI: Ist die Frage beantwortet?</translation>
    </message>
    <message>
        <source>SICK: does the second follow?</source>
        <translation>SICK: Folgt der zweite Satz?</translation>
    </message>
    <message>
        <source>The table&apos;s own task</source>
        <translation>Die eigene Aufgabe der Tabelle</translation>
    </message>
    <message>
        <source>negative</source>
        <translation>negativ</translation>
    </message>
    <message>
        <source>positive</source>
        <translation>positiv</translation>
    </message>
    <message>
        <source>not acceptable</source>
        <translation>nicht annehmbar</translation>
    </message>
    <message>
        <source>acceptable</source>
        <translation>annehmbar</translation>
    </message>
    <message>
        <source>different</source>
        <translation>verschieden</translation>
    </message>
    <message>
        <source>the same</source>
        <translation>dasselbe</translation>
    </message>
    <message>
        <source>follows</source>
        <translation>folgt</translation>
    </message>
    <message>
        <source>does not follow</source>
        <translation>folgt nicht</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>beantwortet</translation>
    </message>
    <message>
        <source>not answered</source>
        <translation>nicht beantwortet</translation>
    </message>
    <message>
        <source>neither</source>
        <translation>keins von beiden</translation>
    </message>
    <message>
        <source>contradicts</source>
        <translation>widerspricht</translation>
    </message>
</context>
<context>
    <name>BackgroundSave</name>
    <message>
        <source>%1 can not be written: %2</source>
        <translation>%1 lässt sich nicht schreiben: %2</translation>
    </message>
</context>
<context>
    <name>ConfigFix</name>
    <message>
        <source>Use %1</source>
        <translation>%1 verwenden</translation>
    </message>
</context>
<context>
    <name>ConfigSummary</name>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>rank %1</source>
        <translation>Rang %1</translation>
    </message>
    <message>
        <source>1 layer</source>
        <translation>1 Schicht</translation>
    </message>
    <message>
        <source>%1 layers</source>
        <translation>%1 Schichten</translation>
    </message>
    <message>
        <source>%1 wide</source>
        <translation>%1 breit</translation>
    </message>
    <message>
        <source>no %1</source>
        <translation>kein %1</translation>
    </message>
    <message>
        <source>all at their defaults</source>
        <translation>alle auf Standardwert</translation>
    </message>
    <message>
        <source>1 step</source>
        <translation>1 Schritt</translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation>%1 Schritte</translation>
    </message>
    <message>
        <source>1 epoch</source>
        <translation>1 Epoche</translation>
    </message>
    <message>
        <source>%1 epochs</source>
        <translation>%1 Epochen</translation>
    </message>
    <message>
        <source>only at the end</source>
        <translation>nur am Ende</translation>
    </message>
    <message>
        <source>every step</source>
        <translation>bei jedem Schritt</translation>
    </message>
    <message>
        <source>every %1 steps</source>
        <translation>alle %1 Schritte</translation>
    </message>
    <message>
        <source>seed %1</source>
        <translation>Seed %1</translation>
    </message>
    <message>
        <source>questions, %1 answers at most</source>
        <translation>Fragen, höchstens %1 Antworten</translation>
    </message>
    <message>
        <source>text, no task yet</source>
        <translation>Text, noch keine Aufgabe</translation>
    </message>
    <message>
        <source>contrastive %1, matching %2</source>
        <translation>kontrastiv %1, Matching %2</translation>
    </message>
    <message>
        <source>%1 px</source>
        <translation>%1 px</translation>
    </message>
    <message>
        <source>dense</source>
        <translation>dicht</translation>
    </message>
    <message>
        <source>1 expert</source>
        <translation>1 Experte</translation>
    </message>
    <message>
        <source>%1 experts</source>
        <translation>%1 Experten</translation>
    </message>
    <message>
        <source>balance %1, z %2</source>
        <translation>Balance %1, z %2</translation>
    </message>
    <message>
        <source>synthetic</source>
        <translation>synthetisch</translation>
    </message>
    <message>
        <source>%1 samples</source>
        <translation>%1 Beispiele</translation>
    </message>
    <message>
        <source>batch %1</source>
        <translation>Batch %1</translation>
    </message>
    <message>
        <source>1 rank</source>
        <translation>1 Rang</translation>
    </message>
    <message>
        <source>%1 ranks</source>
        <translation>%1 Ränge</translation>
    </message>
    <message>
        <source>keep %1</source>
        <translation>%1 behalten</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>nicht verwendet</translation>
    </message>
    <message>
        <source>on</source>
        <translation>an</translation>
    </message>
</context>
<context>
    <name>CurvesInspection</name>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Ranks</source>
        <translation>Ränge</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>Batch</translation>
    </message>
    <message>
        <source>Experts</source>
        <translation>Experten</translation>
    </message>
    <message>
        <source>%1, top %2</source>
        <translation>%1, Top %2</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Last checkpoint</source>
        <translation>Letzter Checkpoint</translation>
    </message>
    <message>
        <source>Config</source>
        <translation>Konfiguration</translation>
    </message>
    <message>
        <source>Compared: %1</source>
        <translation>Verglichen: %1</translation>
    </message>
    <message>
        <source>Smoothed</source>
        <translation>Geglättet</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>Roh</translation>
    </message>
    <message>
        <source>Step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>Metrik</translation>
    </message>
    <message>
        <source>Alarms</source>
        <translation>Alarme</translation>
    </message>
    <message>
        <source>%1, step %2</source>
        <translation>%1, Schritt %2</translation>
    </message>
</context>
<context>
    <name>FailureWords</name>
    <message>
        <source>The supervisor of this run is gone.</source>
        <translation>Der Supervisor dieses Laufs ist weg.</translation>
    </message>
    <message>
        <source>Likely the machine was restarted or all of its processes were ended. What was saved is complete; resume from the newest checkpoint.</source>
        <translation>Wahrscheinlich wurde der Rechner neu gestartet, oder alle Prozesse wurden beendet. Das Gespeicherte ist vollständig; vom neuesten Checkpoint fortsetzen.</translation>
    </message>
    <message>
        <source>The process was ended from outside.</source>
        <translation>Der Prozess wurde von außen beendet.</translation>
    </message>
    <message>
        <source>Signal 9 comes from the system or from a person, never from the program.</source>
        <translation>Signal 9 kommt vom System oder von einer Person, nie vom Programm.</translation>
    </message>
    <message>
        <source>A fault in the program itself, likely.</source>
        <translation>Wahrscheinlich ein Fehler im Programm selbst.</translation>
    </message>
    <message>
        <source>The rank&apos;s log holds its last lines. A report of this is welcome.</source>
        <translation>Das Log des Rangs enthält seine letzten Zeilen. Ein Bericht darüber ist willkommen.</translation>
    </message>
    <message>
        <source>Something in the data can not be used.</source>
        <translation>Etwas in den Daten ist nicht verwendbar.</translation>
    </message>
    <message>
        <source>`switchyard data check FILE` lists every bad row at once.</source>
        <translation>`switchyard data check FILE` listet alle fehlerhaften Zeilen auf einmal auf.</translation>
    </message>
    <message>
        <source>A file could not be read or written.</source>
        <translation>Eine Datei konnte nicht gelesen oder geschrieben werden.</translation>
    </message>
    <message>
        <source>Likely the disk is full, or a folder can not be written.</source>
        <translation>Wahrscheinlich ist die Platte voll, oder ein Ordner ist nicht beschreibbar.</translation>
    </message>
    <message>
        <source>The config asks for what can not be.</source>
        <translation>Die Konfiguration verlangt Unmögliches.</translation>
    </message>
    <message>
        <source>Open it in Configure: each problem stands at its line.</source>
        <translation>In Konfiguration öffnen: Jedes Problem steht an seiner Zeile.</translation>
    </message>
    <message>
        <source>A rank ended and the others ended with it.</source>
        <translation>Ein Rang endete und die anderen mit ihm.</translation>
    </message>
    <message>
        <source>The log of the rank that ended first says more.</source>
        <translation>Das Log des Rangs, der zuerst endete, sagt mehr.</translation>
    </message>
    <message>
        <source>A rank made no progress for too long.</source>
        <translation>Ein Rang kam zu lange nicht voran.</translation>
    </message>
    <message>
        <source>Likely it waits for a file system or the network; parallel.timeout_s sets the limit.</source>
        <translation>Wahrscheinlich wartet er auf ein Dateisystem oder das Netz; parallel.timeout_s setzt die Grenze.</translation>
    </message>
    <message>
        <source>The loss or a gradient became infinite or NaN.</source>
        <translation>Der Loss oder ein Gradient wurde unendlich oder NaN.</translation>
    </message>
    <message>
        <source>Likely the learning rate is too high for this batch size, or warm-up is too short.</source>
        <translation>Wahrscheinlich ist die Lernrate für diese Batchgröße zu hoch oder das Warm-up zu kurz.</translation>
    </message>
    <message>
        <source>A checkpoint is damaged.</source>
        <translation>Ein Checkpoint ist beschädigt.</translation>
    </message>
    <message>
        <source>An older checkpoint of the run can be resumed from instead.</source>
        <translation>Stattdessen lässt sich von einem älteren Checkpoint des Laufs fortsetzen.</translation>
    </message>
    <message>
        <source>This machine ran out of memory.</source>
        <translation>Diesem Rechner ging der Speicher aus.</translation>
    </message>
    <message>
        <source>A smaller train.micro_batch needs less and gives the same result.</source>
        <translation>Ein kleinerer Wert von train.micro_batch braucht weniger und ergibt dasselbe.</translation>
    </message>
    <message>
        <source>The run ended with an error.</source>
        <translation>Der Lauf endete mit einem Fehler.</translation>
    </message>
    <message>
        <source>The log holds its last lines.</source>
        <translation>Das Log enthält seine letzten Zeilen.</translation>
    </message>
    <message>
        <source>step %1 of %2</source>
        <translation>Schritt %1 von %2</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>Waiting in the queue</source>
        <translation>Wartet in der Warteschlange</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Startet</translation>
    </message>
    <message>
        <source>Running, %1</source>
        <translation>Läuft, %1</translation>
    </message>
    <message>
        <source>Paused at %1</source>
        <translation>Pausiert bei %1</translation>
    </message>
    <message>
        <source>Saving a checkpoint and stopping at %1</source>
        <translation>Speichert einen Checkpoint und hält an bei %1</translation>
    </message>
    <message>
        <source>Finished all %1 steps</source>
        <translation>Alle %1 Schritte fertig</translation>
    </message>
    <message>
        <source>Stopped at %1</source>
        <translation>Angehalten bei %1</translation>
    </message>
    <message>
        <source>Failed at %1</source>
        <translation>Gescheitert bei %1</translation>
    </message>
    <message>
        <source>Lost at %1</source>
        <translation>Verloren bei %1</translation>
    </message>
    <message>
        <source>started %1 ago</source>
        <translation>vor %1 gestartet</translation>
    </message>
    <message>
        <source>today</source>
        <translation>heute</translation>
    </message>
    <message>
        <source>, after %1</source>
        <translation>, nach %1</translation>
    </message>
    <message>
        <source>No checkpoint was saved.</source>
        <translation>Kein Checkpoint wurde gespeichert.</translation>
    </message>
    <message>
        <source>Steps 1 to %1 are safe in a checkpoint; %2 steps will be repeated.</source>
        <translation>Schritte 1 bis %1 sind in einem Checkpoint sicher; %2 Schritte werden wiederholt.</translation>
    </message>
    <message>
        <source>Steps 1 to %1 are safe in a checkpoint.</source>
        <translation>Schritte 1 bis %1 sind in einem Checkpoint sicher.</translation>
    </message>
    <message>
        <source>Not all of its folder can be read: %1.</source>
        <translation>Der Ordner ist nicht ganz lesbar: %1.</translation>
    </message>
    <message>
        <source>Its processes are gone and left no word.</source>
        <translation>Die Prozesse sind weg und hinterließen keine Nachricht.</translation>
    </message>
    <message>
        <source>The ranks load the data and build the model.</source>
        <translation>Die Ränge laden die Daten und bauen das Modell.</translation>
    </message>
    <message>
        <source>%1. It starts with the config it was queued with, whether or not the window is open.</source>
        <translation>%1. Er startet mit der Konfiguration, mit der er eingereiht wurde, ob das Fenster offen ist oder nicht.</translation>
    </message>
    <message>
        <source>It runs on %1; what is shown here is read from its folder.</source>
        <translation>Er läuft auf %1; was hier steht, ist aus seinem Ordner gelesen.</translation>
    </message>
    <message>
        <source>It was started by another launcher; what is shown here is read from its folder.</source>
        <translation>Er wurde von einem anderen Starter gestartet; was hier steht, ist aus seinem Ordner gelesen.</translation>
    </message>
    <message>
        <source>About %1.</source>
        <translation>Etwa %1.</translation>
    </message>
    <message>
        <source>First cause: %1</source>
        <translation>Erste Ursache: %1</translation>
    </message>
    <message>
        <source>First cause, rank %1: %2</source>
        <translation>Erste Ursache, Rang %1: %2</translation>
    </message>
    <message>
        <source>Waiting on %1</source>
        <translation>Wartet auf %1</translation>
    </message>
    <message>
        <source>%1. It starts when the profile has room for it, whether or not the window is open.</source>
        <translation>%1. Er startet, sobald das Profil Platz für ihn hat, ob das Fenster offen ist oder nicht.</translation>
    </message>
</context>
<context>
    <name>KeyInspection</name>
    <message>
        <source>empty</source>
        <translation>leer</translation>
    </message>
    <message>
        <source>Meaning</source>
        <translation>Bedeutung</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>In the text</source>
        <translation>Im Text</translation>
    </message>
    <message>
        <source>Stands for</source>
        <translation>Steht für</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <source>not in the text</source>
        <translation>nicht im Text</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>Bereich</translation>
    </message>
    <message>
        <source>Choices</source>
        <translation>Auswahl</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>Problem</translation>
    </message>
</context>
<context>
    <name>KeyWords</name>
    <message>
        <source>%1 to %2</source>
        <translation>%1 bis %2</translation>
    </message>
    <message>
        <source>at least %1</source>
        <translation>mindestens %1</translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation>höchstens %1</translation>
    </message>
    <message>
        <source>Default: empty</source>
        <translation>Standard: leer</translation>
    </message>
    <message>
        <source>Default: %1</source>
        <translation>Standard: %1</translation>
    </message>
    <message>
        <source>Range: %1</source>
        <translation>Bereich: %1</translation>
    </message>
    <message>
        <source>Choices: %1</source>
        <translation>Auswahl: %1</translation>
    </message>
</context>
<context>
    <name>ListField</name>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
</context>
<context>
    <name>LoadStrip</name>
    <message>
        <source>dropped</source>
        <translation>verworfen</translation>
    </message>
    <message>
        <source>violation</source>
        <translation>Überlast</translation>
    </message>
</context>
<context>
    <name>NvmlReader</name>
    <message>
        <source>No NVIDIA GPU is shown: the driver&apos;s library %1 is not on this machine</source>
        <translation>Keine NVIDIA-GPU wird gezeigt: Die Bibliothek %1 des Treibers ist nicht auf diesem Rechner</translation>
    </message>
    <message>
        <source>No NVIDIA GPU is shown: %1 is too old; update the driver</source>
        <translation>Keine NVIDIA-GPU wird gezeigt: %1 ist zu alt; den Treiber aktualisieren</translation>
    </message>
    <message>
        <source>No NVIDIA GPU is shown: the driver says &quot;%1&quot;</source>
        <translation>Keine NVIDIA-GPU wird gezeigt: Der Treiber sagt „%1“</translation>
    </message>
</context>
<context>
    <name>Pages</name>
    <message>
        <source>Configure</source>
        <translation>Konfiguration</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Experts</source>
        <translation>Experten</translation>
    </message>
    <message>
        <source>Routing</source>
        <translation>Routing</translation>
    </message>
    <message>
        <source>Retrieval</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation>Checkpoints</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>Fragen</translation>
    </message>
</context>
<context>
    <name>PaletteButton</name>
    <message>
        <source>Find an action</source>
        <translation>Aktion suchen</translation>
    </message>
</context>
<context>
    <name>PlanWords</name>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Gradients</source>
        <translation>Gradienten</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>Optimierer</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>Aktivierungen</translation>
    </message>
    <message>
        <source>All-to-all</source>
        <translation>All-to-all</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>Checkpoint copy</source>
        <translation>Checkpoint-Kopie</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>Kept for reuse</source>
        <translation>Auf Vorrat</translation>
    </message>
    <message>
        <source>%1 T</source>
        <translation>%1 T</translation>
    </message>
    <message>
        <source>%1 G</source>
        <translation>%1 G</translation>
    </message>
    <message>
        <source>%1 M</source>
        <translation>%1 M</translation>
    </message>
    <message>
        <source>1 rank</source>
        <translation>1 Rang</translation>
    </message>
    <message>
        <source>%1 ranks</source>
        <translation>%1 Ränge</translation>
    </message>
    <message>
        <source>fits</source>
        <translation>passt</translation>
    </message>
    <message>
        <source>does not fit, +%1</source>
        <translation>passt nicht, +%1</translation>
    </message>
    <message>
        <source>%1 parameters, %2 a rank, %3</source>
        <translation>%1 Parameter, %2 je Rang, %3</translation>
    </message>
    <message>
        <source>%1 TiB</source>
        <translation>%1 TiB</translation>
    </message>
    <message>
        <source> and </source>
        <translation> und </translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>Configurations (*.yaml *.yml);;All files (*)</source>
        <translation>Konfigurationen (*.yaml *.yml);;Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>RankScale</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>%1: %2 a rank of %3, %4</source>
        <translation>%1: %2 je Rang von %3, %4</translation>
    </message>
    <message>
        <source>fits</source>
        <translation>passt</translation>
    </message>
    <message>
        <source>does not fit</source>
        <translation>passt nicht</translation>
    </message>
    <message>
        <source>%1, %2 a step</source>
        <translation>%1, %2 je Schritt</translation>
    </message>
</context>
<context>
    <name>Retrieval</name>
    <message>
        <source>patch %1, %2</source>
        <translation>Patch %1, %2</translation>
    </message>
    <message>
        <source>Pasted picture</source>
        <translation>Eingefügtes Bild</translation>
    </message>
    <message>
        <source>%1 + %2</source>
        <translation>%1 + %2</translation>
    </message>
    <message>
        <source>1 text</source>
        <translation>1 Text</translation>
    </message>
    <message>
        <source>1 hit</source>
        <translation>1 Treffer</translation>
    </message>
    <message>
        <source>%1 texts</source>
        <translation>%1 Texte</translation>
    </message>
    <message>
        <source>%1 hits</source>
        <translation>%1 Treffer</translation>
    </message>
</context>
<context>
    <name>RouteContrast</name>
    <message>
        <source>%1 dropped</source>
        <translation>%1 verworfen</translation>
    </message>
    <message>
        <source>no expert</source>
        <translation>kein Experte</translation>
    </message>
</context>
<context>
    <name>RouteFlow</name>
    <message>
        <source>%1 to %2</source>
        <translation>%1 bis %2</translation>
    </message>
</context>
<context>
    <name>RouteWords</name>
    <message>
        <source>%1: weight %2</source>
        <translation>%1: Gewicht %2</translation>
    </message>
    <message>
        <source>, probability %1</source>
        <translation>, Wahrscheinlichkeit %1</translation>
    </message>
    <message>
        <source>, dropped</source>
        <translation>, verworfen</translation>
    </message>
</context>
<context>
    <name>RunWords</name>
    <message>
        <source>,</source>
        <comment>between thousands</comment>
        <translation>&#x202f;</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 min %2 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Startet</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Pausiert</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Hält an</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Lost</source>
        <translation>Verloren</translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation>%1 Schritte</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>Next in the queue</source>
        <translation>Als Nächster an der Reihe</translation>
    </message>
    <message>
        <source>Place %1 in the queue</source>
        <translation>Platz %1 in der Warteschlange</translation>
    </message>
    <message>
        <source>In the queue of %1</source>
        <translation>In der Warteschlange von %1</translation>
    </message>
    <message>
        <source>In the queue</source>
        <translation>In der Warteschlange</translation>
    </message>
    <message>
        <source>needs 1 rank</source>
        <translation>braucht 1 Rang</translation>
    </message>
    <message>
        <source>needs %1 ranks</source>
        <translation>braucht %1 Ränge</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>exit %1</source>
        <translation>Code %1</translation>
    </message>
    <message>
        <source>stopped by you</source>
        <translation>selbst angehalten</translation>
    </message>
    <message>
        <source>no process</source>
        <translation>kein Prozess</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
</context>
<context>
    <name>SampleRows</name>
    <message>
        <source>%1 and %2 more</source>
        <translation>%1 und %2 weitere</translation>
    </message>
    <message>
        <source>coloured shapes</source>
        <translation>farbige Formen</translation>
    </message>
</context>
<context>
    <name>Schema</name>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>Model: text encoder</source>
        <translation>Modell: Text-Encoder</translation>
    </message>
    <message>
        <source>Model: text adapters (LoRA)</source>
        <translation>Modell: Text-Adapter (LoRA)</translation>
    </message>
    <message>
        <source>Model: image encoder</source>
        <translation>Modell: Bild-Encoder</translation>
    </message>
    <message>
        <source>Model: image adapters (LoRA)</source>
        <translation>Modell: Bild-Adapter (LoRA)</translation>
    </message>
    <message>
        <source>Model: fusion</source>
        <translation>Modell: Fusion</translation>
    </message>
    <message>
        <source>Model: experts</source>
        <translation>Modell: Experten</translation>
    </message>
    <message>
        <source>Model: experts from a dense FFN</source>
        <translation>Modell: Experten aus dichtem FFN</translation>
    </message>
    <message>
        <source>Model: expert losses</source>
        <translation>Modell: Losses der Experten</translation>
    </message>
    <message>
        <source>Model: embedding</source>
        <translation>Modell: Embedding</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>Data: images</source>
        <translation>Daten: Bilder</translation>
    </message>
    <message>
        <source>Data: augmentation</source>
        <translation>Daten: Augmentierung</translation>
    </message>
    <message>
        <source>Data: synthetic</source>
        <translation>Daten: synthetisch</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>Optimierer</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Ranks and devices</source>
        <translation>Ränge und Geräte</translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation>Checkpoints</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>Evaluation</translation>
    </message>
    <message>
        <source>Routing probe</source>
        <translation>Routing-Probe</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Name of the run and of its folder.</source>
        <translation>Name des Laufs und seines Ordners.</translation>
    </message>
    <message>
        <source>Runs folder</source>
        <translation>Ordner der Läufe</translation>
    </message>
    <message>
        <source>Folder in which the run&apos;s own folder is made. Empty means switchyard/runs in the XDG data folder.</source>
        <translation>Ordner, in dem der eigene Ordner des Laufs entsteht. Leer heißt switchyard/runs im XDG-Datenordner.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>Start of every random draw: weights, sample order, augmentation, routing noise. The same seed gives the same draws on any number of ranks.</source>
        <translation>Anfang jeder Zufallsziehung: Gewichte, Reihenfolge der Beispiele, Augmentierung, Routing-Rauschen. Derselbe Seed ergibt auf jeder Anzahl von Rängen dieselben Ziehungen.</translation>
    </message>
    <message>
        <source>Deterministic</source>
        <translation>Deterministisch</translation>
    </message>
    <message>
        <source>Use only algorithms that give the same bytes every time, which can be slower on GPUs.</source>
        <translation>Nur Algorithmen verwenden, die jedes Mal dieselben Bytes ergeben, was auf GPUs langsamer sein kann.</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Tags</translation>
    </message>
    <message>
        <source>Words to find the run by in the run list.</source>
        <translation>Wörter, mit denen der Lauf in der Liste zu finden ist.</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Free text kept with the run.</source>
        <translation>Freier Text, der beim Lauf bleibt.</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>Neustarts</translation>
    </message>
    <message>
        <source>So often the run goes on by itself from its newest checkpoint when a rank was lost, hung or ran out of memory. Never after a bad configuration, bad data or a loss that is not finite.</source>
        <translation>So oft geht der Lauf von selbst vom neuesten Checkpoint weiter, wenn ein Rang verloren ging, hing oder keinen Speicher mehr hatte. Nie nach einer falschen Konfiguration, falschen Daten oder einem nicht endlichen Loss.</translation>
    </message>
    <message>
        <source>times</source>
        <translation>mal</translation>
    </message>
    <message>
        <source>What is trained: multimodal aligns images with their texts, text classifies or scores texts and pairs of texts, vqa answers questions about images.</source>
        <translation>Was trainiert wird: multimodal bringt Bilder und ihre Texte zur Deckung, text klassifiziert oder bewertet Texte und Textpaare, vqa beantwortet Fragen zu Bildern.</translation>
    </message>
    <message>
        <source>Contrastive loss</source>
        <translation>Kontrastiver Loss</translation>
    </message>
    <message>
        <source>Weight of the contrastive loss, which pulls matching texts and images together.</source>
        <translation>Gewicht des kontrastiven Loss, der zusammengehörende Texte und Bilder aneinanderzieht.</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>Matching loss</source>
        <translation>Matching-Loss</translation>
    </message>
    <message>
        <source>Weight of the matching loss, which trains the fusion blocks to tell true pairs from hard negatives. 0 leaves the fusion pass out of training.</source>
        <translation>Gewicht des Matching-Loss, mit dem die Fusionsblöcke lernen, wahre Paare von harten Negativen zu unterscheiden. 0 lässt die Fusion aus dem Training.</translation>
    </message>
    <message>
        <source>Matching share</source>
        <translation>Matching-Anteil</translation>
    </message>
    <message>
        <source>Share of each block of samples that the matching loss looks at; less is faster.</source>
        <translation>Anteil jedes Blocks von Beispielen, den der Matching-Loss ansieht; weniger ist schneller.</translation>
    </message>
    <message>
        <source>of each block</source>
        <translation>jedes Blocks</translation>
    </message>
    <message>
        <source>Matching block</source>
        <translation>Matching-Block</translation>
    </message>
    <message>
        <source>Hard negatives are looked for among this many neighbours of the global batch, so they are the same on any number of ranks.</source>
        <translation>Harte Negative werden unter so vielen Nachbarn des globalen Batchs gesucht, damit sie auf jeder Anzahl von Rängen dieselben sind.</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Text tasks</source>
        <translation>Textaufgaben</translation>
    </message>
    <message>
        <source>text: the task of each training file, in order. Several are trained together, each with a head of its own. tsv is any table whose columns task.tsv_* name.</source>
        <translation>text: die Aufgabe jeder Trainingsdatei, der Reihe nach. Mehrere werden zusammen trainiert, jede mit eigenem Kopf. tsv ist eine beliebige Tabelle, deren Spalten task.tsv_* nennen.</translation>
    </message>
    <message>
        <source>Task weights</source>
        <translation>Aufgabengewichte</translation>
    </message>
    <message>
        <source>text: weight of each task&apos;s loss, in order. Empty means 1 for all.</source>
        <translation>text: Gewicht des Loss jeder Aufgabe, der Reihe nach. Leer heißt 1 für alle.</translation>
    </message>
    <message>
        <source>Text column</source>
        <translation>Textspalte</translation>
    </message>
    <message>
        <source>Task tsv: name of the column with the text.</source>
        <translation>Aufgabe tsv: Name der Spalte mit dem Text.</translation>
    </message>
    <message>
        <source>Second column</source>
        <translation>Zweite Spalte</translation>
    </message>
    <message>
        <source>Task tsv: name of the column with a second text. Empty means none.</source>
        <translation>Aufgabe tsv: Name der Spalte mit einem zweiten Text. Leer heißt keiner.</translation>
    </message>
    <message>
        <source>Label column</source>
        <translation>Label-Spalte</translation>
    </message>
    <message>
        <source>Task tsv: name of the column with the class or the number.</source>
        <translation>Aufgabe tsv: Name der Spalte mit der Klasse oder der Zahl.</translation>
    </message>
    <message>
        <source>Labels are numbers</source>
        <translation>Labels sind Zahlen</translation>
    </message>
    <message>
        <source>Task tsv: predict a number instead of a class.</source>
        <translation>Aufgabe tsv: eine Zahl statt einer Klasse vorhersagen.</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <source>vqa: so many of the most frequent training answers are classes; others can not be given.</source>
        <translation>vqa: So viele der häufigsten Trainingsantworten sind Klassen; andere können nicht gegeben werden.</translation>
    </message>
    <message>
        <source>classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>Head dropout</source>
        <translation>Kopf-Dropout</translation>
    </message>
    <message>
        <source>text, vqa: dropout on what the task heads see in training.</source>
        <translation>text, vqa: Dropout im Training auf dem, was die Köpfe der Aufgaben sehen.</translation>
    </message>
    <message>
        <source>probability</source>
        <translation>Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Blocks of the text encoder.</source>
        <translation>Blöcke des Text-Encoders.</translation>
    </message>
    <message>
        <source>blocks</source>
        <translation>Blöcke</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>Breite</translation>
    </message>
    <message>
        <source>Width of the text encoder. It must be divisible by the number of heads.</source>
        <translation>Breite des Text-Encoders. Sie muss durch die Anzahl der Köpfe teilbar sein.</translation>
    </message>
    <message>
        <source>features</source>
        <translation>Merkmale</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>Köpfe</translation>
    </message>
    <message>
        <source>Attention heads of each text block.</source>
        <translation>Attention-Köpfe jedes Textblocks.</translation>
    </message>
    <message>
        <source>per block</source>
        <translation>je Block</translation>
    </message>
    <message>
        <source>FFN width</source>
        <translation>FFN-Breite</translation>
    </message>
    <message>
        <source>Hidden width of the dense FFN of each text block.</source>
        <translation>Verdeckte Breite des dichten FFN jedes Textblocks.</translation>
    </message>
    <message>
        <source>Longest text</source>
        <translation>Längster Text</translation>
    </message>
    <message>
        <source>Texts are cut to this many tokens.</source>
        <translation>Texte werden auf so viele Token gekürzt.</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>Vokabular</translation>
    </message>
    <message>
        <source>Pieces of the tokenizer; one trained at the start gets at most this many.</source>
        <translation>Stücke des Tokenizers; einer, der am Start trainiert wird, bekommt höchstens so viele.</translation>
    </message>
    <message>
        <source>pieces</source>
        <translation>Stücke</translation>
    </message>
    <message>
        <source>MoE every</source>
        <translation>MoE alle</translation>
    </message>
    <message>
        <source>Every n-th text block has a mixture of experts as its FFN. 0 means none.</source>
        <translation>Jeder n-te Textblock hat als FFN eine Mischung von Experten. 0 heißt keiner.</translation>
    </message>
    <message>
        <source>Causal</source>
        <translation>Kausal</translation>
    </message>
    <message>
        <source>Each token sees only itself and the tokens before it.</source>
        <translation>Jedes Token sieht nur sich und die Token davor.</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>How a token&apos;s place is known: alibi lowers attention scores with distance, learned adds a learned row for each place, as BERT does.</source>
        <translation>Woran der Ort eines Tokens erkannt wird: alibi senkt Attention-Scores mit dem Abstand, learned addiert eine gelernte Zeile für jeden Ort, wie BERT es tut.</translation>
    </message>
    <message>
        <source>Norm</source>
        <translation>Norm</translation>
    </message>
    <message>
        <source>Layer norms before each half of a block, or after it, as in BERT.</source>
        <translation>Layer-Normen vor jeder Hälfte eines Blocks oder danach, wie in BERT.</translation>
    </message>
    <message>
        <source>Norm epsilon</source>
        <translation>Norm-Epsilon</translation>
    </message>
    <message>
        <source>Added to the variance in layer norms.</source>
        <translation>Wird in Layer-Normen zur Varianz addiert.</translation>
    </message>
    <message>
        <source>Token types</source>
        <translation>Token-Typen</translation>
    </message>
    <message>
        <source>Rows of a learned table that tells the first text of a pair from the second. 0 means none.</source>
        <translation>Zeilen einer gelernten Tabelle, die den ersten Text eines Paars vom zweiten unterscheidet. 0 heißt keine.</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Pool</source>
        <translation>Pooling</translation>
    </message>
    <message>
        <source>What stands for a text: the mean of its tokens, or the first token.</source>
        <translation>Was für einen Text steht: das Mittel seiner Token oder das erste Token.</translation>
    </message>
    <message>
        <source>Dropout</source>
        <translation>Dropout</translation>
    </message>
    <message>
        <source>Dropout in training on the embeddings and on what each half of a block adds.</source>
        <translation>Dropout im Training auf den Embeddings und auf dem, was jede Hälfte eines Blocks beiträgt.</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>Rang</translation>
    </message>
    <message>
        <source>Rank of the encoder&apos;s low-rank adapters. 0 means no adapters.</source>
        <translation>Rang der niedrigrangigen Adapter des Encoders. 0 heißt keine Adapter.</translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation>Alpha</translation>
    </message>
    <message>
        <source>The adapters&apos; output is scaled by alpha / rank.</source>
        <translation>Die Ausgabe der Adapter wird mit alpha / rank skaliert.</translation>
    </message>
    <message>
        <source>Dropout on the adapters&apos; input in training.</source>
        <translation>Dropout im Training auf der Eingabe der Adapter.</translation>
    </message>
    <message>
        <source>Rank-stabilised</source>
        <translation>Rangstabilisiert</translation>
    </message>
    <message>
        <source>Scale by alpha / sqrt(rank) instead of alpha / rank.</source>
        <translation>Mit alpha / sqrt(rank) statt alpha / rank skalieren.</translation>
    </message>
    <message>
        <source>Targets</source>
        <translation>Ziele</translation>
    </message>
    <message>
        <source>Matrices that get an adapter: query, key, value, output, and the FFN&apos;s two.</source>
        <translation>Matrizen, die einen Adapter bekommen: query, key, value, output und die zwei des FFN.</translation>
    </message>
    <message>
        <source>Freeze base</source>
        <translation>Basis einfrieren</translation>
    </message>
    <message>
        <source>Train only the adapters and leave the matrices under them as they are.</source>
        <translation>Nur die Adapter trainieren und die Matrizen darunter lassen, wie sie sind.</translation>
    </message>
    <message>
        <source>Start from</source>
        <translation>Start von</translation>
    </message>
    <message>
        <source>Model folder (see `ckpt import`) or checkpoint whose text encoder is the start. Empty means fresh weights.</source>
        <translation>Modellordner (siehe `ckpt import`) oder Checkpoint, dessen Text-Encoder der Start ist. Leer heißt frische Gewichte.</translation>
    </message>
    <message>
        <source>model or checkpoint</source>
        <translation>Modell oder Checkpoint</translation>
    </message>
    <message>
        <source>Blocks of the image encoder.</source>
        <translation>Blöcke des Bild-Encoders.</translation>
    </message>
    <message>
        <source>Width of the image encoder. It must be divisible by the number of heads.</source>
        <translation>Breite des Bild-Encoders. Sie muss durch die Anzahl der Köpfe teilbar sein.</translation>
    </message>
    <message>
        <source>Attention heads of each image block.</source>
        <translation>Attention-Köpfe jedes Bildblocks.</translation>
    </message>
    <message>
        <source>Hidden width of the dense FFN of each image block.</source>
        <translation>Verdeckte Breite des dichten FFN jedes Bildblocks.</translation>
    </message>
    <message>
        <source>Image size</source>
        <translation>Bildgröße</translation>
    </message>
    <message>
        <source>Height and width that images are brought to.</source>
        <translation>Höhe und Breite, auf die Bilder gebracht werden.</translation>
    </message>
    <message>
        <source>pixels</source>
        <translation>Pixel</translation>
    </message>
    <message>
        <source>Patch size</source>
        <translation>Patchgröße</translation>
    </message>
    <message>
        <source>Height and width of a patch, the image&apos;s token. The image size must be divisible by it.</source>
        <translation>Höhe und Breite eines Patches, des Tokens des Bildes. Die Bildgröße muss durch sie teilbar sein.</translation>
    </message>
    <message>
        <source>Every n-th image block has a mixture of experts as its FFN. 0 means none.</source>
        <translation>Jeder n-te Bildblock hat als FFN eine Mischung von Experten. 0 heißt keiner.</translation>
    </message>
    <message>
        <source>Stem</source>
        <translation>Stamm</translation>
    </message>
    <message>
        <source>How a patch becomes a token: one linear map, or a stack of stride-2 convolutions (then the patch size must be a power of two).</source>
        <translation>Wie ein Patch zum Token wird: eine lineare Abbildung oder ein Stapel von Faltungen mit Schrittweite 2 (dann muss die Patchgröße eine Zweierpotenz sein).</translation>
    </message>
    <message>
        <source>Class token</source>
        <translation>Klassen-Token</translation>
    </message>
    <message>
        <source>A learned token stands before the patches.</source>
        <translation>Ein gelerntes Token steht vor den Patches.</translation>
    </message>
    <message>
        <source>Input norm</source>
        <translation>Eingangsnorm</translation>
    </message>
    <message>
        <source>A layer norm before the first block, as in CLIP&apos;s image encoders.</source>
        <translation>Eine Layer-Norm vor dem ersten Block, wie in den Bild-Encodern von CLIP.</translation>
    </message>
    <message>
        <source>What stands for the image: the mean of its tokens, or the first (class) token.</source>
        <translation>Was für das Bild steht: das Mittel seiner Token oder das erste (Klassen-)Token.</translation>
    </message>
    <message>
        <source>Model folder (see `ckpt import`) or checkpoint whose image encoder is the start. Empty means fresh weights.</source>
        <translation>Modellordner (siehe `ckpt import`) oder Checkpoint, dessen Bild-Encoder der Start ist. Leer heißt frische Gewichte.</translation>
    </message>
    <message>
        <source>Fusion blocks, in which text and image attend to each other.</source>
        <translation>Fusionsblöcke, in denen Text und Bild einander beachten.</translation>
    </message>
    <message>
        <source>Width of the fusion blocks. It must be divisible by the number of heads.</source>
        <translation>Breite der Fusionsblöcke. Sie muss durch die Anzahl der Köpfe teilbar sein.</translation>
    </message>
    <message>
        <source>Attention heads of each fusion block.</source>
        <translation>Attention-Köpfe jedes Fusionsblocks.</translation>
    </message>
    <message>
        <source>Hidden width of a dense fusion FFN; unused with experts.</source>
        <translation>Verdeckte Breite eines dichten Fusions-FFN; mit Experten unbenutzt.</translation>
    </message>
    <message>
        <source>Mixture of experts</source>
        <translation>Mischung von Experten</translation>
    </message>
    <message>
        <source>The FFN of every fusion block is one mixture of experts over text tokens and image patches together.</source>
        <translation>Das FFN jedes Fusionsblocks ist eine Mischung von Experten über Text-Token und Bild-Patches zusammen.</translation>
    </message>
    <message>
        <source>Experts</source>
        <translation>Experten</translation>
    </message>
    <message>
        <source>Experts of each MoE layer. 0 makes every FFN dense.</source>
        <translation>Experten jeder MoE-Schicht. 0 macht jedes FFN dicht.</translation>
    </message>
    <message>
        <source>per MoE layer</source>
        <translation>je MoE-Schicht</translation>
    </message>
    <message>
        <source>Top k</source>
        <translation>Top k</translation>
    </message>
    <message>
        <source>Experts that each token is sent to.</source>
        <translation>Experten, an die jedes Token geht.</translation>
    </message>
    <message>
        <source>per token</source>
        <translation>je Token</translation>
    </message>
    <message>
        <source>Gate</source>
        <translation>Gate</translation>
    </message>
    <message>
        <source>How experts are chosen: top2 takes the best and a noisy second (GShard), switch the best only (Switch Transformer), topk the K best, noisy_topk the K best after learned noise (Shazeer 2017); with expert_choice each expert takes the tokens it scores highest.</source>
        <translation>Wie Experten gewählt werden: top2 nimmt den besten und einen verrauschten zweiten (GShard), switch nur den besten (Switch Transformer), topk die K besten, noisy_topk die K besten nach gelerntem Rauschen (Shazeer 2017); bei expert_choice nimmt jeder Experte die Token, die er am höchsten bewertet.</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Score</translation>
    </message>
    <message>
        <source>topk: what is made of the router&apos;s logits before choosing and weighing.</source>
        <translation>topk: was vor Auswahl und Gewichtung aus den Logits des Routers gemacht wird.</translation>
    </message>
    <message>
        <source>Bias balancing</source>
        <translation>Bias-Ausgleich</translation>
    </message>
    <message>
        <source>topk: after each step the choice of an expert is made easier or harder by this much, as its load was below or above the mean; weights do not change. 0 is off, 0.001 is usual.</source>
        <translation>topk: Nach jedem Schritt wird die Wahl eines Experten um so viel leichter oder schwerer, je nachdem, ob seine Last unter oder über dem Mittel lag; Gewichte ändern sich nicht. 0 ist aus, 0.001 ist üblich.</translation>
    </message>
    <message>
        <source>per step</source>
        <translation>je Schritt</translation>
    </message>
    <message>
        <source>Noise in evaluation</source>
        <translation>Rauschen in der Evaluation</translation>
    </message>
    <message>
        <source>top2: keep the Gumbel noise of the second choice in evaluation.</source>
        <translation>top2: das Gumbel-Rauschen der zweiten Wahl in der Evaluation beibehalten.</translation>
    </message>
    <message>
        <source>Jitter</source>
        <translation>Jitter</translation>
    </message>
    <message>
        <source>switch: the router&apos;s input is multiplied by 1 +- this much in training.</source>
        <translation>switch: Die Eingabe des Routers wird im Training mit 1 +- so viel multipliziert.</translation>
    </message>
    <message>
        <source>relative</source>
        <translation>relativ</translation>
    </message>
    <message>
        <source>Hidden width</source>
        <translation>Verdeckte Breite</translation>
    </message>
    <message>
        <source>Hidden width of each expert.</source>
        <translation>Verdeckte Breite jedes Experten.</translation>
    </message>
    <message>
        <source>Activation</source>
        <translation>Aktivierung</translation>
    </message>
    <message>
        <source>Function between the matrices of an expert; swiglu adds a third matrix that gates the hidden features. Dense FFNs take it too, gelu for swiglu.</source>
        <translation>Funktion zwischen den Matrizen eines Experten; swiglu fügt eine dritte Matrix hinzu, die die verdeckten Merkmale steuert. Dichte FFN nehmen sie auch, gelu anstelle von swiglu.</translation>
    </message>
    <message>
        <source>Bias</source>
        <translation>Bias</translation>
    </message>
    <message>
        <source>Experts have bias vectors.</source>
        <translation>Experten haben Bias-Vektoren.</translation>
    </message>
    <message>
        <source>Recompute</source>
        <translation>Neu berechnen</translation>
    </message>
    <message>
        <source>Compute the experts&apos; activations again in the backward: one value kept for each hidden feature instead of two, and a step takes longer.</source>
        <translation>Die Aktivierungen der Experten im Rückwärtslauf erneut berechnen: ein behaltener Wert je verdecktem Merkmal statt zwei, und ein Schritt dauert länger.</translation>
    </message>
    <message>
        <source>Capacity factor</source>
        <translation>Kapazitätsfaktor</translation>
    </message>
    <message>
        <source>Tokens an expert takes in training, as a multiple of its fair share; more are dropped. 0 drops none.</source>
        <translation>Token, die ein Experte im Training nimmt, als Vielfaches seines fairen Anteils; mehr werden verworfen. 0 verwirft keine.</translation>
    </message>
    <message>
        <source>x fair share</source>
        <translation>x fairer Anteil</translation>
    </message>
    <message>
        <source>Capacity in evaluation</source>
        <translation>Kapazität in der Evaluation</translation>
    </message>
    <message>
        <source>The capacity factor of evaluation. 0 drops none.</source>
        <translation>Der Kapazitätsfaktor der Evaluation. 0 verwirft keine.</translation>
    </message>
    <message>
        <source>Least capacity</source>
        <translation>Mindestkapazität</translation>
    </message>
    <message>
        <source>An expert with a capacity takes at least this many tokens.</source>
        <translation>Ein Experte mit Kapazität nimmt mindestens so viele Token.</translation>
    </message>
    <message>
        <source>Drop order</source>
        <translation>Verwurfsfolge</translation>
    </message>
    <message>
        <source>Which tokens are dropped when an expert is full: the last ones, or those that the router weighs least.</source>
        <translation>Welche Token verworfen werden, wenn ein Experte voll ist: die letzten oder die vom Router am leichtesten gewichteten.</translation>
    </message>
    <message>
        <source>Expert dropout</source>
        <translation>Experten-Dropout</translation>
    </message>
    <message>
        <source>Dropout in training on what the experts give back.</source>
        <translation>Dropout im Training auf dem, was die Experten zurückgeben.</translation>
    </message>
    <message>
        <source>Upcycling noise</source>
        <translation>Upcycling-Rauschen</translation>
    </message>
    <message>
        <source>Where experts start as copies of a dense FFN (init_from): deviation of the noise on each copy, relative to that of its weights.</source>
        <translation>Wo Experten als Kopien eines dichten FFN beginnen (init_from): Abweichung des Rauschens auf jeder Kopie, relativ zu der ihrer Gewichte.</translation>
    </message>
    <message>
        <source>x deviation</source>
        <translation>x Abweichung</translation>
    </message>
    <message>
        <source>Upcycling redraw</source>
        <translation>Upcycling-Neuziehung</translation>
    </message>
    <message>
        <source>Share of the hidden features that each copy draws anew, from the mean and deviation of the weights they replace. 0.5 is drop-upcycling.</source>
        <translation>Anteil der verdeckten Merkmale, den jede Kopie neu zieht, aus Mittel und Abweichung der ersetzten Gewichte. 0.5 ist Drop-Upcycling.</translation>
    </message>
    <message>
        <source>share</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>Upcycling groups</source>
        <translation>Upcycling-Gruppen</translation>
    </message>
    <message>
        <source>The dense FFN is cut into so many experts of fewer hidden features each; with top_k equal to the groups the start computes what the dense FFN did.</source>
        <translation>Das dichte FFN wird in so viele Experten mit jeweils weniger verdeckten Merkmalen zerteilt; ist top_k gleich den Gruppen, berechnet der Start, was das dichte FFN berechnete.</translation>
    </message>
    <message>
        <source>Balance loss</source>
        <translation>Balance-Loss</translation>
    </message>
    <message>
        <source>Weight of the loss that spreads tokens evenly over experts; the loss itself is 1 when they are.</source>
        <translation>Gewicht des Loss, der Token gleichmäßig auf Experten verteilt; der Loss selbst ist dann 1.</translation>
    </message>
    <message>
        <source>Z loss</source>
        <translation>Z-Loss</translation>
    </message>
    <message>
        <source>Weight of the loss that keeps the router&apos;s logits small.</source>
        <translation>Gewicht des Loss, der die Logits des Routers klein hält.</translation>
    </message>
    <message>
        <source>Importance loss</source>
        <translation>Importance-Loss</translation>
    </message>
    <message>
        <source>Weight of the squared variation of the experts&apos; summed gate values (Shazeer 2017).</source>
        <translation>Gewicht der quadrierten Variation der summierten Gate-Werte der Experten (Shazeer 2017).</translation>
    </message>
    <message>
        <source>Load loss</source>
        <translation>Load-Loss</translation>
    </message>
    <message>
        <source>noisy_topk: weight of the squared variation of the experts&apos; expected loads.</source>
        <translation>noisy_topk: Gewicht der quadrierten Variation der erwarteten Lasten der Experten.</translation>
    </message>
    <message>
        <source>Local entropy loss</source>
        <translation>Lokaler Entropie-Loss</translation>
    </message>
    <message>
        <source>Weight of the mean entropy of a token&apos;s probabilities: small when each token is sure (LIMoE).</source>
        <translation>Gewicht der mittleren Entropie der Wahrscheinlichkeiten eines Tokens: klein, wenn jedes Token sicher ist (LIMoE).</translation>
    </message>
    <message>
        <source>Local entropy of</source>
        <translation>Lokale Entropie von</translation>
    </message>
    <message>
        <source>Modalities that the local entropy loss looks at.</source>
        <translation>Modalitäten, die der lokale Entropie-Loss ansieht.</translation>
    </message>
    <message>
        <source>Global entropy loss</source>
        <translation>Globaler Entropie-Loss</translation>
    </message>
    <message>
        <source>Weight of the loss that asks each modality to use enough experts (LIMoE).</source>
        <translation>Gewicht des Loss, der von jeder Modalität verlangt, genug Experten zu verwenden (LIMoE).</translation>
    </message>
    <message>
        <source>Global entropy of</source>
        <translation>Globale Entropie von</translation>
    </message>
    <message>
        <source>Modalities that the global entropy loss looks at.</source>
        <translation>Modalitäten, die der globale Entropie-Loss ansieht.</translation>
    </message>
    <message>
        <source>Experts for text</source>
        <translation>Experten für Text</translation>
    </message>
    <message>
        <source>The global entropy loss of text is 0 from this many experts in use on.</source>
        <translation>Der globale Entropie-Loss von Text ist ab so vielen Experten im Einsatz 0.</translation>
    </message>
    <message>
        <source>at least</source>
        <translation>mindestens</translation>
    </message>
    <message>
        <source>Experts for images</source>
        <translation>Experten für Bilder</translation>
    </message>
    <message>
        <source>The global entropy loss of images is 0 from this many experts in use on.</source>
        <translation>Der globale Entropie-Loss von Bildern ist ab so vielen Experten im Einsatz 0.</translation>
    </message>
    <message>
        <source>Global balance</source>
        <translation>Globale Balance</translation>
    </message>
    <message>
        <source>Count loads and entropies over all ranks for these losses, not per rank.</source>
        <translation>Lasten und Entropien für diese Losses über alle Ränge zählen, nicht je Rang.</translation>
    </message>
    <message>
        <source>Embedding width</source>
        <translation>Embedding-Breite</translation>
    </message>
    <message>
        <source>Width of the space in which texts and images are compared.</source>
        <translation>Breite des Raums, in dem Texte und Bilder verglichen werden.</translation>
    </message>
    <message>
        <source>Training files</source>
        <translation>Trainingsdateien</translation>
    </message>
    <message>
        <source>Files with the training samples, relative to the data folder: JSONL; COCO&apos;s captions; VQA v2&apos;s questions and annotations; tar shards.</source>
        <translation>Dateien mit den Trainingsbeispielen, relativ zum Datenordner: JSONL; Beschriftungen von COCO; Fragen und Annotationen von VQA v2; tar-Shards.</translation>
    </message>
    <message>
        <source>Evaluation files</source>
        <translation>Evaluationsdateien</translation>
    </message>
    <message>
        <source>Files with held-out samples, relative to the data folder.</source>
        <translation>Dateien mit zurückgehaltenen Beispielen, relativ zum Datenordner.</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>Datenordner</translation>
    </message>
    <message>
        <source>Folder that files and image paths are relative to. ~/ is the home folder, @data/ the program&apos;s own data folder.</source>
        <translation>Ordner, zu dem Dateien und Bildpfade relativ sind. ~/ ist der Benutzerordner, @data/ der eigene Datenordner des Programms.</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>jsonl reads records with an image path and a text, one a line; synthetic makes coloured shapes with captions from the seed; tsv reads GLUE&apos;s tables, for text tasks; coco (captions) and vqa2 (questions) read those sets&apos; files as published; tar reads shards whose files of equal name are one sample.</source>
        <translation>jsonl liest Datensätze mit Bildpfad und Text, einen je Zeile; synthetic macht aus dem Seed farbige Formen mit Beschriftungen; tsv liest die Tabellen von GLUE, für Textaufgaben; coco (Beschriftungen) und vqa2 (Fragen) lesen die Dateien dieser Sätze, wie sie veröffentlicht sind; tar liest Shards, deren Dateien gleichen Namens ein Beispiel sind.</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>Tokenizer</translation>
    </message>
    <message>
        <source>SentencePiece model, tokenizer.json, vocab.txt, or folder with vocab.json and merges.txt, relative to the data folder. Empty takes that of model.text.init_from, or trains one on the training texts at the start.</source>
        <translation>SentencePiece-Modell, tokenizer.json, vocab.txt oder Ordner mit vocab.json und merges.txt, relativ zum Datenordner. Leer nimmt den von model.text.init_from oder trainiert am Start einen auf den Trainingstexten.</translation>
    </message>
    <message>
        <source>Keyword captions</source>
        <translation>Stichwort-Texte</translation>
    </message>
    <message>
        <source>How often training shows a caption made from a record&apos;s keywords instead of one of its own. 0 means never.</source>
        <translation>Wie oft das Training eine Beschriftung aus den Stichwörtern eines Datensatzes statt einer eigenen zeigt. 0 heißt nie.</translation>
    </message>
    <message>
        <source>share of draws</source>
        <translation>Anteil der Ziehungen</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Subtracted from pixel values, which lie in 0 to 1.</source>
        <translation>Wird von den Pixelwerten abgezogen, die in 0 bis 1 liegen.</translation>
    </message>
    <message>
        <source>R, G, B</source>
        <translation>R, G, B</translation>
    </message>
    <message>
        <source>Deviation</source>
        <translation>Abweichung</translation>
    </message>
    <message>
        <source>Pixel values are divided by this after the mean is subtracted.</source>
        <translation>Durch sie werden Pixelwerte nach Abzug des Mittels geteilt.</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Einpassung</translation>
    </message>
    <message>
        <source>How an image is made square: with a border, by stretching, or by cutting the long side.</source>
        <translation>Wie ein Bild quadratisch wird: mit Rand, durch Strecken oder durch Beschneiden der langen Seite.</translation>
    </message>
    <message>
        <source>Random crop</source>
        <translation>Zufallsausschnitt</translation>
    </message>
    <message>
        <source>A random crop keeps at least this share of the image. 1 means no crop.</source>
        <translation>Ein zufälliger Ausschnitt behält mindestens diesen Anteil des Bildes. 1 heißt kein Ausschnitt.</translation>
    </message>
    <message>
        <source>least share of the area</source>
        <translation>kleinster Flächenanteil</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>Spiegeln</translation>
    </message>
    <message>
        <source>Mirror left and right with probability 1/2.</source>
        <translation>Links und rechts mit Wahrscheinlichkeit 1/2 vertauschen.</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>Kontrast</translation>
    </message>
    <message>
        <source>The contrast is multiplied by 1 +- this much.</source>
        <translation>Der Kontrast wird mit 1 +- so viel multipliziert.</translation>
    </message>
    <message>
        <source>+- factor</source>
        <translation>+- Faktor</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>Helligkeit</translation>
    </message>
    <message>
        <source>Each colour is shifted by up to this much.</source>
        <translation>Jede Farbe wird um bis zu so viel verschoben.</translation>
    </message>
    <message>
        <source>+- of 255</source>
        <translation>+- von 255</translation>
    </message>
    <message>
        <source>Token drop</source>
        <translation>Token-Auslassung</translation>
    </message>
    <message>
        <source>Text tokens are left out with this probability in training.</source>
        <translation>Text-Token werden im Training mit dieser Wahrscheinlichkeit ausgelassen.</translation>
    </message>
    <message>
        <source>Patch drop</source>
        <translation>Patch-Auslassung</translation>
    </message>
    <message>
        <source>Share of the image patches that is left out in training; saves their compute.</source>
        <translation>Anteil der Bild-Patches, der im Training ausgelassen wird; spart ihre Rechenzeit.</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Training samples of the synthetic format.</source>
        <translation>Trainingsbeispiele des synthetischen Formats.</translation>
    </message>
    <message>
        <source>Evaluation samples</source>
        <translation>Evaluationsbeispiele</translation>
    </message>
    <message>
        <source>Held-out samples of the synthetic format.</source>
        <translation>Zurückgehaltene Beispiele des synthetischen Formats.</translation>
    </message>
    <message>
        <source>Decoding threads</source>
        <translation>Dekodier-Threads</translation>
    </message>
    <message>
        <source>Threads that read, decode and augment images ahead of the training.</source>
        <translation>Threads, die Bilder dem Training voraus lesen, dekodieren und augmentieren.</translation>
    </message>
    <message>
        <source>a rank</source>
        <translation>je Rang</translation>
    </message>
    <message>
        <source>Picture cache</source>
        <translation>Bilder-Cache</translation>
    </message>
    <message>
        <source>Keeps fitted pictures on the disk, for later steps, ranks and runs. auto does so where they take more than 64 MiB and less than a quarter of the free space, and never for tar and synthetic data; true, false, or a folder to keep them in.</source>
        <translation>Bewahrt eingepasste Bilder auf der Platte auf, für spätere Schritte, Ränge und Läufe. auto tut es, wo sie mehr als 64 MiB und weniger als ein Viertel des freien Platzes brauchen, und nie für tar und synthetische Daten; true, false oder ein Ordner dafür.</translation>
    </message>
    <message>
        <source>The optimizer.</source>
        <translation>Der Optimierer.</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>The highest learning rate.</source>
        <translation>Die höchste Lernrate.</translation>
    </message>
    <message>
        <source>Betas</source>
        <translation>Betas</translation>
    </message>
    <message>
        <source>Decay of the running means of the gradient and of its square.</source>
        <translation>Abklingen der laufenden Mittel des Gradienten und seines Quadrats.</translation>
    </message>
    <message>
        <source>first, second moment</source>
        <translation>erstes, zweites Moment</translation>
    </message>
    <message>
        <source>Epsilon</source>
        <translation>Epsilon</translation>
    </message>
    <message>
        <source>Added to the denominator of the update.</source>
        <translation>Wird zum Nenner des Updates addiert.</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>Weight Decay</translation>
    </message>
    <message>
        <source>Decoupled weight decay, on matrices only.</source>
        <translation>Entkoppelter Weight Decay, nur auf Matrizen.</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>How the learning rate falls after the warm-up: not, or to 0.</source>
        <translation>Wie die Lernrate nach dem Warm-up fällt: gar nicht oder auf 0.</translation>
    </message>
    <message>
        <source>Warm-up</source>
        <translation>Warm-up</translation>
    </message>
    <message>
        <source>The learning rate rises linearly from 0 over this many steps.</source>
        <translation>Die Lernrate steigt über so viele Schritte linear von 0.</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Gradient clip</source>
        <translation>Gradienten-Clipping</translation>
    </message>
    <message>
        <source>Gradients are scaled down to this total norm. 0 means never.</source>
        <translation>Gradienten werden auf diese Gesamtnorm verkleinert. 0 heißt nie.</translation>
    </message>
    <message>
        <source>norm</source>
        <translation>Norm</translation>
    </message>
    <message>
        <source>Head rate</source>
        <translation>Rate der Köpfe</translation>
    </message>
    <message>
        <source>The task heads&apos; learning rate, times the learning rate.</source>
        <translation>Lernrate der Köpfe der Aufgaben, mal die Lernrate.</translation>
    </message>
    <message>
        <source>x learning rate</source>
        <translation>x Lernrate</translation>
    </message>
    <message>
        <source>Expert rate</source>
        <translation>Rate der Experten</translation>
    </message>
    <message>
        <source>The experts&apos; and routers&apos; learning rate, times the learning rate.</source>
        <translation>Lernrate der Experten und Router, mal die Lernrate.</translation>
    </message>
    <message>
        <source>State type</source>
        <translation>Zustandstyp</translation>
    </message>
    <message>
        <source>Number format of the optimizer&apos;s two moments. bf16 halves their memory; they are rounded up or down at random (reproducibly), so that small changes are not lost.</source>
        <translation>Zahlenformat der beiden Momente des Optimierers. bf16 halbiert ihren Speicher; sie werden zufällig (reproduzierbar) auf- oder abgerundet, damit kleine Änderungen nicht verloren gehen.</translation>
    </message>
    <message>
        <source>Update in backward</source>
        <translation>Update im Rückwärtslauf</translation>
    </message>
    <message>
        <source>fsdp: a block&apos;s weights are updated during the backward pass and its gradients forgotten at once. Saves a gradient&apos;s worth of memory; clipping then goes by the norm of the step before.</source>
        <translation>fsdp: Die Gewichte eines Blocks werden während des Rückwärtslaufs aktualisiert und seine Gradienten sofort vergessen. Spart den Speicher der Gradienten; das Clipping richtet sich dann nach der Norm des vorigen Schritts.</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Length of the training in optimizer steps. 0, or left out beside epochs, takes it from epochs.</source>
        <translation>Länge des Trainings in Optimierer-Schritten. 0, oder neben epochs weggelassen, nimmt sie aus epochs.</translation>
    </message>
    <message>
        <source>updates</source>
        <translation>Updates</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>Epochen</translation>
    </message>
    <message>
        <source>Length of the training in passes over the data. 0 takes it from steps.</source>
        <translation>Länge des Trainings in Durchgängen durch die Daten. 0 nimmt sie aus steps.</translation>
    </message>
    <message>
        <source>passes</source>
        <translation>Durchgänge</translation>
    </message>
    <message>
        <source>Global batch</source>
        <translation>Globaler Batch</translation>
    </message>
    <message>
        <source>Samples of one optimizer step, over all ranks.</source>
        <translation>Beispiele eines Optimierer-Schritts, über alle Ränge.</translation>
    </message>
    <message>
        <source>Micro batch</source>
        <translation>Micro-Batch</translation>
    </message>
    <message>
        <source>Samples that a rank computes at once; gradients add up until the global batch is done. 0 means all of a rank&apos;s share.</source>
        <translation>Beispiele, die ein Rang auf einmal berechnet; Gradienten summieren sich, bis der globale Batch fertig ist. 0 heißt den ganzen Anteil eines Rangs.</translation>
    </message>
    <message>
        <source>samples a rank</source>
        <translation>Beispiele je Rang</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Number format of the computation. Weights stay in fp32 under bf16 and fp16, which scales the loss; fp64 is for exact comparisons.</source>
        <translation>Zahlenformat der Berechnung. Gewichte bleiben unter bf16 und fp16, das den Loss skaliert, in fp32; fp64 ist für exakte Vergleiche.</translation>
    </message>
    <message>
        <source>Activation checkpointing</source>
        <translation>Activation Checkpointing</translation>
    </message>
    <message>
        <source>Which activations are computed again in the backward pass instead of kept: all of a block&apos;s, or those of its feed-forward and experts, which are the widest.</source>
        <translation>Welche Aktivierungen im Rückwärtslauf neu berechnet statt behalten werden: alle eines Blocks oder die seines Feed-Forward-Teils und der Experten, die die breitesten sind.</translation>
    </message>
    <message>
        <source>Not finite</source>
        <translation>Nicht endlich</translation>
    </message>
    <message>
        <source>When the loss or a gradient of any rank is not finite: stop ends the run, skip leaves that update out, rewind goes back to the newest checkpoint and on with the samples in another order.</source>
        <translation>Wenn der Loss oder ein Gradient eines Rangs nicht endlich ist: stop beendet den Lauf, skip lässt dieses Update aus, rewind geht zum neuesten Checkpoint zurück und mit den Beispielen in anderer Reihenfolge weiter.</translation>
    </message>
    <message>
        <source>Not finite, limit</source>
        <translation>Nicht endlich, Grenze</translation>
    </message>
    <message>
        <source>The run ends after so many updates left out in a row, or so many times gone back.</source>
        <translation>Der Lauf endet nach so vielen ausgelassenen Updates in Folge oder so vielen Rücksprüngen.</translation>
    </message>
    <message>
        <source>Ranks</source>
        <translation>Ränge</translation>
    </message>
    <message>
        <source>Worker processes of the run; each takes a share of the batch.</source>
        <translation>Worker-Prozesse des Laufs; jeder nimmt einen Anteil des Batchs.</translation>
    </message>
    <message>
        <source>processes</source>
        <translation>Prozesse</translation>
    </message>
    <message>
        <source>Expert ranks</source>
        <translation>Expertenränge</translation>
    </message>
    <message>
        <source>Ranks that the experts of a layer are spread over.</source>
        <translation>Ränge, über die die Experten einer Schicht verteilt sind.</translation>
    </message>
    <message>
        <source>Sharding</source>
        <translation>Sharding</translation>
    </message>
    <message>
        <source>What is split over ranks besides the batch: oss the optimizer&apos;s state, zero2 gradients too, fsdp weights too.</source>
        <translation>Was außer dem Batch auf Ränge verteilt wird: oss den Zustand des Optimierers, zero2 auch Gradienten, fsdp auch Gewichte.</translation>
    </message>
    <message>
        <source>Reshard after forward</source>
        <translation>Reshard nach Vorwärtslauf</translation>
    </message>
    <message>
        <source>fsdp: a block&apos;s weights are given up after its forward pass and fetched again for the backward. Off costs memory and saves an exchange.</source>
        <translation>fsdp: Die Gewichte eines Blocks werden nach seinem Vorwärtslauf abgegeben und für den Rückwärtslauf neu geholt. Aus kostet Speicher und spart einen Austausch.</translation>
    </message>
    <message>
        <source>Reduction type</source>
        <translation>Reduktionstyp</translation>
    </message>
    <message>
        <source>Number format of gradients on their way between ranks. bf16 halves the traffic and rounds each rank&apos;s part once.</source>
        <translation>Zahlenformat der Gradienten auf dem Weg zwischen Rängen. bf16 halbiert den Verkehr und rundet den Teil jedes Rangs einmal.</translation>
    </message>
    <message>
        <source>Exchange in parts</source>
        <translation>Austausch in Teilen</translation>
    </message>
    <message>
        <source>Expert ranks: rows travel in this many parts, each while the experts of another part compute. Pays where the network is slow; 1 sends all at once.</source>
        <translation>Expertenränge: Zeilen reisen in so vielen Teilen, jeder, während die Experten eines anderen rechnen. Lohnt sich bei langsamem Netz; 1 schickt alles auf einmal.</translation>
    </message>
    <message>
        <source>parts</source>
        <translation>Teile</translation>
    </message>
    <message>
        <source>Back end</source>
        <translation>Backend</translation>
    </message>
    <message>
        <source>Library for the exchange between ranks. auto is nccl on GPUs, else gloo.</source>
        <translation>Bibliothek für den Austausch zwischen Rängen. auto ist nccl auf GPUs, sonst gloo.</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Where the model runs. auto takes GPUs when there is one for each rank.</source>
        <translation>Wo das Modell läuft. auto nimmt GPUs, wenn es für jeden Rang eine gibt.</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>Compute threads of each rank. 0 shares the cores out evenly.</source>
        <translation>Rechen-Threads jedes Rangs. 0 teilt die Kerne gleichmäßig auf.</translation>
    </message>
    <message>
        <source>Timeout</source>
        <translation>Zeitgrenze</translation>
    </message>
    <message>
        <source>An exchange between ranks that takes longer counts as a hang.</source>
        <translation>Ein Austausch zwischen Rängen, der länger dauert, gilt als Hänger.</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>Sekunden</translation>
    </message>
    <message>
        <source>Every</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>A checkpoint is written after this many steps. 0 means only at the end.</source>
        <translation>Nach so vielen Schritten wird ein Checkpoint geschrieben. 0 heißt nur am Ende.</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>So many of the newest checkpoints are kept.</source>
        <translation>So viele der neuesten Checkpoints werden behalten.</translation>
    </message>
    <message>
        <source>checkpoints</source>
        <translation>Checkpoints</translation>
    </message>
    <message>
        <source>Keep every</source>
        <translation>Behalten alle</translation>
    </message>
    <message>
        <source>Checkpoints of steps that this divides are kept for good. 0 keeps none for that.</source>
        <translation>Checkpoints von Schritten, die hierdurch teilbar sind, werden für immer behalten. 0 behält dafür keine.</translation>
    </message>
    <message>
        <source>Keep the best</source>
        <translation>Besten behalten</translation>
    </message>
    <message>
        <source>The checkpoint with the best value of this metric is kept too, such as eval/retrieval/text_to_image_r1 or loss/total (where less is better). Empty keeps none.</source>
        <translation>Der Checkpoint mit dem besten Wert dieser Metrik wird auch behalten, etwa eval/retrieval/text_to_image_r1 oder loss/total (wo weniger besser ist). Leer behält keinen.</translation>
    </message>
    <message>
        <source>metric</source>
        <translation>Metrik</translation>
    </message>
    <message>
        <source>Beside training</source>
        <translation>Neben dem Training</translation>
    </message>
    <message>
        <source>A checkpoint is written while training goes on, from a copy in memory of what the rank writes. The last one is always waited for.</source>
        <translation>Ein Checkpoint wird geschrieben, während das Training weitergeht, aus einer Kopie dessen im Speicher, was der Rang schreibt. Auf den letzten wird immer gewartet.</translation>
    </message>
    <message>
        <source>Metrics are recorded after this many steps.</source>
        <translation>Nach so vielen Schritten werden Metriken aufgezeichnet.</translation>
    </message>
    <message>
        <source>TensorBoard</source>
        <translation>TensorBoard</translation>
    </message>
    <message>
        <source>Write TensorBoard event files beside the run&apos;s own records.</source>
        <translation>TensorBoard-Ereignisdateien neben die eigenen Aufzeichnungen des Laufs schreiben.</translation>
    </message>
    <message>
        <source>The model is evaluated after this many steps. 0 means only at the end.</source>
        <translation>Nach so vielen Schritten wird das Modell evaluiert. 0 heißt nur am Ende.</translation>
    </message>
    <message>
        <source>Tasks</source>
        <translation>Aufgaben</translation>
    </message>
    <message>
        <source>What the evaluation measures. An empty list leaves it out. Text tasks and vqa are measured by their own metrics.</source>
        <translation>Was die Evaluation misst. Eine leere Liste lässt sie weg. Textaufgaben und vqa werden mit ihren eigenen Metriken gemessen.</translation>
    </message>
    <message>
        <source>Patience</source>
        <translation>Geduld</translation>
    </message>
    <message>
        <source>So many evaluations in a row without a better value of checkpoint.best end the run. 0 means never.</source>
        <translation>So viele Evaluationen in Folge ohne besseren Wert von checkpoint.best beenden den Lauf. 0 heißt nie.</translation>
    </message>
    <message>
        <source>evaluations</source>
        <translation>Evaluationen</translation>
    </message>
    <message>
        <source>Samples from</source>
        <translation>Beispiele aus</translation>
    </message>
    <message>
        <source>Files with the samples of the routing probe, in the format of data.eval (synthetic: JSON lines), relative to the data folder. Empty takes the first rows of data.eval.</source>
        <translation>Dateien mit den Beispielen der Routing-Probe, im Format von data.eval (synthetic: JSON Lines), relativ zum Datenordner. Leer nimmt die ersten Zeilen von data.eval.</translation>
    </message>
    <message>
        <source>After this many steps, and at the start and the end, it is written down where the routers send each token of the probe&apos;s samples, for the Routing page. 0 means never.</source>
        <translation>Nach so vielen Schritten, am Anfang und am Ende, wird für die Seite Routing festgehalten, wohin die Router jedes Token der Probenbeispiele schicken. 0 heißt nie.</translation>
    </message>
    <message>
        <source>Samples of the routing probe; each passes through the model alone.</source>
        <translation>Beispiele der Routing-Probe; jedes durchläuft das Modell allein.</translation>
    </message>
    <message>
        <source>Experts by layer</source>
        <translation>Experten je Schicht einzeln</translation>
    </message>
    <message>
        <source>How many experts each MoE layer has, where they differ (ckpt prune --budget all makes such models): one number for each, of the text blocks, then the image blocks, then the fusion blocks; none is larger than experts. Empty: all have as many.</source>
        <translation>Wie viele Experten jede MoE-Schicht hat, wo sie sich unterscheiden (ckpt prune --budget all macht solche Modelle): eine Zahl für jede, erst der Textblöcke, dann der Bildblöcke, dann der Fusionsblöcke; keine ist größer als experts. Leer: alle haben gleich viele.</translation>
    </message>
</context>
<context>
    <name>SwitchField</name>
    <message>
        <source>on</source>
        <translation>an</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
</context>
<context>
    <name>TextField</name>
    <message>
        <source>This text has several lines: edit it in the YAML text</source>
        <translation>Dieser Text hat mehrere Zeilen: im YAML-Text bearbeiten</translation>
    </message>
</context>
<context>
    <name>Ticks</name>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source> d</source>
        <translation> d</translation>
    </message>
    <message>
        <source> h</source>
        <translation> h</translation>
    </message>
    <message>
        <source> min</source>
        <translation> min</translation>
    </message>
</context>
<context>
    <name>TraceFiles</name>
    <message>
        <source>There is not enough memory for the trace</source>
        <translation>Der Speicher reicht nicht für die Verfolgung</translation>
    </message>
    <message>
        <source>Close other programs, or trace a smaller sample</source>
        <translation>Andere Programme schließen oder ein kleineres Beispiel verfolgen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::AlarmsCard</name>
    <message>
        <source>Alarms</source>
        <translation>Alarme</translation>
    </message>
    <message>
        <source>None: routers, losses and data are
within their limits.</source>
        <translation>Keine: Router, Losses und Daten sind
innerhalb ihrer Grenzen.</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::AnswerBars</name>
    <message>
        <source>Likeliest answers</source>
        <translation>Wahrscheinlichste Antworten</translation>
    </message>
    <message>
        <source>%1 %2, as in the data</source>
        <translation>%1 %2, wie in den Daten</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::AnswerCard</name>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>The text was cut: the model reads the first %1 of its %2 tokens.</source>
        <translation>Der Text wurde gekürzt: Das Modell liest die ersten %1 seiner %2 Token.</translation>
    </message>
    <message>
        <source>The likeliest %1 of %2 answers; the table has more.</source>
        <translation>Die wahrscheinlichsten %1 von %2 Antworten; die Tabelle enthält mehr.</translation>
    </message>
    <message>
        <source>Cosine of the embeddings: %1.</source>
        <translation>Kosinus der Embeddings: %1.</translation>
    </message>
    <message>
        <source>From 0, nothing in common, to 5, the same.</source>
        <translation>Von 0, nichts gemeinsam, bis 5, gleich.</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>From asking to the answer with its routing</source>
        <translation>Von der Frage bis zur Antwort mit ihrem Routing</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <source>Copy answers</source>
        <translation>Antworten kopieren</translation>
    </message>
    <message>
        <source>Asking the model</source>
        <translation>Modell wird gefragt</translation>
    </message>
    <message>
        <source>asking</source>
        <translation>fragt</translation>
    </message>
    <message>
        <source>They %1</source>
        <translation>Sie %1</translation>
    </message>
    <message>
        <source>Right: %1</source>
        <translation>Richtig: %1</translation>
    </message>
    <message>
        <source>Wrong: %1</source>
        <translation>Falsch: %1</translation>
    </message>
    <message>
        <source>alike</source>
        <translation>ähnlich</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>answers</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <source>Exported %1</source>
        <translation>%1 exportiert</translation>
    </message>
    <message>
        <source>Copied the answers</source>
        <translation>Antworten kopiert</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::AskPage</name>
    <message>
        <source>Samples of the evaluation data stand here once there is a model to ask.</source>
        <translation>Beispiele der Evaluationsdaten stehen hier, sobald es ein Modell zu fragen gibt.</translation>
    </message>
    <message>
        <source>No model to ask yet</source>
        <translation>Noch kein Modell zu fragen</translation>
    </message>
    <message>
        <source>Train one that answers questions about pictures, or open a checkpoint or model folder at the top right.</source>
        <translation>Eines trainieren, das Fragen zu Bildern beantwortet, oder oben rechts einen Checkpoint oder Modellordner öffnen.</translation>
    </message>
    <message>
        <source>Train configs/vqa.yaml</source>
        <translation>configs/vqa.yaml trainieren</translation>
    </message>
    <message>
        <source>This model can not be asked</source>
        <translation>Dieses Modell kann nicht gefragt werden</translation>
    </message>
    <message>
        <source>Cancelled. Enter asks again.</source>
        <translation>Abgebrochen. Enter fragt erneut.</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>Checkpoint</translation>
    </message>
    <message>
        <source>Open a checkpoint or model folder</source>
        <translation>Checkpoint oder Modellordner öffnen</translation>
    </message>
    <message>
        <source>Reading the evaluation data.</source>
        <translation>Evaluationsdaten werden gelesen.</translation>
    </message>
    <message>
        <source>%1 of %2, %3</source>
        <translation>%1 von %2, %3</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>The model&apos;s config names no evaluation data (data.eval).</source>
        <translation>Die Konfiguration des Modells nennt keine Evaluationsdaten (data.eval).</translation>
    </message>
    <message>
        <source>%1 has no rows.</source>
        <translation>%1 hat keine Zeilen.</translation>
    </message>
    <message>
        <source>There is no answer. The message above says why.</source>
        <translation>Es gibt keine Antwort. Die Meldung oben sagt, warum.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Choose a picture to ask about</source>
        <translation>Bild wählen, zu dem gefragt wird</translation>
    </message>
    <message>
        <source>Choose a checkpoint or model folder</source>
        <translation>Checkpoint oder Modellordner wählen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::AskRouting</name>
    <message>
        <source>Open in Routing</source>
        <translation>In Routing öffnen</translation>
    </message>
    <message>
        <source>The same sample on the Routing page, with this checkpoint</source>
        <translation>Dasselbe Beispiel auf der Seite Routing, mit diesem Checkpoint</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Top 1</source>
        <translation>Top 1</translation>
    </message>
    <message>
        <source>One expert</source>
        <translation>Experte</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>Entropie</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>Verworfen</translation>
    </message>
    <message>
        <source>What lies on the picture</source>
        <translation>Was auf dem Bild liegt</translation>
    </message>
    <message>
        <source>Routing</source>
        <translation>Routing</translation>
    </message>
    <message>
        <source>Where each token and patch goes stands here once there is an answer.</source>
        <translation>Wohin jedes Token und jeder Patch geht, steht hier, sobald es eine Antwort gibt.</translation>
    </message>
    <message>
        <source>This model is dense</source>
        <translation>Dieses Modell ist dicht</translation>
    </message>
    <message>
        <source>It has no experts, so there is no routing to show.</source>
        <translation>Es hat keine Experten, daher gibt es kein Routing zu zeigen.</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 Token</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
    <message>
        <source>%1; %2 sees the picture alone</source>
        <translation>%1; %2 sieht nur das Bild</translation>
    </message>
    <message>
        <source>%1 × %1 patches, %2</source>
        <translation>%1 × %1 Patches, %2</translation>
    </message>
    <message>
        <source>%1 sees the text alone.</source>
        <translation>%1 sieht nur den Text.</translation>
    </message>
    <message>
        <source>Choose an expert by a patch or a token.</source>
        <translation>Einen Experten über einen Patch oder ein Token wählen.</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::AttributionPartView</name>
    <message>
        <source>Patches by what they add to the score</source>
        <translation>Patches nach ihrem Beitrag zum Score</translation>
    </message>
    <message>
        <source>Words by what they add to the score</source>
        <translation>Wörter nach ihrem Beitrag zum Score</translation>
    </message>
    <message>
        <source>Patch in row %1, column %2</source>
        <translation>Patch in Zeile %1, Spalte %2</translation>
    </message>
    <message>
        <source>“%1”</source>
        <translation>„%1“</translation>
    </message>
    <message>
        <source>%1 adds %2</source>
        <translation>%1 trägt %2 bei</translation>
    </message>
    <message>
        <source>%1 takes %2</source>
        <translation>%1 nimmt %2 weg</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ChartMenu</name>
    <message>
        <source>Export PNG...</source>
        <translation>PNG exportieren...</translation>
    </message>
    <message>
        <source>Export PDF...</source>
        <translation>PDF exportieren...</translation>
    </message>
    <message>
        <source>Export SVG...</source>
        <translation>SVG exportieren...</translation>
    </message>
    <message>
        <source>Export CSV of the visible range...</source>
        <translation>CSV des sichtbaren Bereichs exportieren...</translation>
    </message>
    <message>
        <source>Export CSV of all records...</source>
        <translation>CSV aller Aufzeichnungen exportieren...</translation>
    </message>
    <message>
        <source>Export CSV...</source>
        <translation>CSV exportieren...</translation>
    </message>
    <message>
        <source>Menu of %1</source>
        <translation>Menü von %1</translation>
    </message>
    <message>
        <source>Data table and export</source>
        <translation>Datentabelle und Export</translation>
    </message>
    <message>
        <source>Data table</source>
        <translation>Datentabelle</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>%1 files (*.%2)</source>
        <translation>%1-Dateien (*.%2)</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CheckpointActions</name>
    <message>
        <source>%1 is sound: every hash of %2 files (%3) agrees</source>
        <translation>%1 ist heil: Alle Hashes von %2 Dateien (%3) stimmen</translation>
    </message>
    <message>
        <source>%1 is corrupt: %2</source>
        <translation>%1 ist beschädigt: %2</translation>
    </message>
    <message>
        <source> (and %1 more)</source>
        <translation> (und %1 weitere)</translation>
    </message>
    <message>
        <source>%1 and %2: every number is the same</source>
        <translation>%1 und %2: Alle Zahlen sind gleich</translation>
    </message>
    <message>
        <source>%1 and %2 differ in %3 tensors; of the weights most in %4, by %5</source>
        <translation>%1 und %2 unterscheiden sich in %3 Tensoren; bei den Gewichten am stärksten in %4, um %5</translation>
    </message>
    <message>
        <source>a number that is not finite, or another shape</source>
        <translation>eine nicht endliche Zahl oder eine andere Form</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>Evaluieren</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Reshard...</source>
        <translation>Neu aufteilen...</translation>
    </message>
    <message>
        <source>Export...</source>
        <translation>Exportieren...</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>Anheften</translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>In den Papierkorb</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>No checkpoint is selected</source>
        <translation>Kein Checkpoint ist gewählt</translation>
    </message>
    <message>
        <source>This checkpoint is broken: %1</source>
        <translation>Dieser Checkpoint ist defekt: %1</translation>
    </message>
    <message>
        <source>Select one checkpoint</source>
        <translation>Einen Checkpoint wählen</translation>
    </message>
    <message>
        <source>Read every byte and compare its hash</source>
        <translation>Jedes Byte lesen und die Hashes vergleichen</translation>
    </message>
    <message>
        <source>Measure it on the evaluation files of its run&apos;s configuration</source>
        <translation>Auf den Evaluationsdateien aus der Konfiguration seines Laufs messen</translation>
    </message>
    <message>
        <source>Evaluate is off: the run&apos;s configuration names no evaluation file</source>
        <translation>Evaluieren ist aus: Die Konfiguration des Laufs nennt keine Evaluationsdatei</translation>
    </message>
    <message>
        <source>Count the numbers in which the two differ</source>
        <translation>Die Zahlen zählen, in denen sich beide unterscheiden</translation>
    </message>
    <message>
        <source>Compare is off: select two checkpoints</source>
        <translation>Vergleichen ist aus: zwei Checkpoints wählen</translation>
    </message>
    <message>
        <source>Write it again in the parts of another number of ranks</source>
        <translation>In den Teilen einer anderen Anzahl von Rängen neu schreiben</translation>
    </message>
    <message>
        <source>Write the weights for other programs</source>
        <translation>Die Gewichte für andere Programme schreiben</translation>
    </message>
    <message>
        <source>Open its folder</source>
        <translation>Seinen Ordner öffnen</translation>
    </message>
    <message>
        <source>Train on from here</source>
        <translation>Von hier weitertrainieren</translation>
    </message>
    <message>
        <source>Resume is off: the run is going on</source>
        <translation>Fortsetzen ist aus: Der Lauf geht noch</translation>
    </message>
    <message>
        <source>A run is being started</source>
        <translation>Ein Lauf wird gerade gestartet</translation>
    </message>
    <message>
        <source>Resume from %1</source>
        <translation>Von %1 fortsetzen</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>Lösen</translation>
    </message>
    <message>
        <source>Let it go as others do</source>
        <translation>Gehen lassen wie andere</translation>
    </message>
    <message>
        <source>Never remove it when newer ones are saved</source>
        <translation>Nie entfernen, wenn neuere gespeichert werden</translation>
    </message>
    <message>
        <source>It can be brought back</source>
        <translation>Er lässt sich zurückholen</translation>
    </message>
    <message>
        <source>Move to trash is off: the run would go on from this one</source>
        <translation>In den Papierkorb ist aus: Der Lauf würde von diesem weitergehen</translation>
    </message>
    <message>
        <source>Verifying %1</source>
        <translation>%1 wird geprüft</translation>
    </message>
    <message>
        <source>Evaluating %1 on %2</source>
        <translation>%1 wird auf %2 evaluiert</translation>
    </message>
    <message>
        <source>%1, %2: %3</source>
        <translation>%1, %2: %3</translation>
    </message>
    <message>
        <source>Comparing %1 and %2</source>
        <translation>%1 und %2 werden verglichen</translation>
    </message>
    <message>
        <source>Resumed %1 from %2</source>
        <translation>%1 von %2 fortgesetzt</translation>
    </message>
    <message>
        <source>Resume from an earlier step</source>
        <translation>Von einem früheren Schritt fortsetzen</translation>
    </message>
    <message>
        <source>Train on from %1? The steps after it are run again: their records and checkpoints are replaced.</source>
        <translation>Von %1 weitertrainieren? Die Schritte danach laufen erneut: Ihre Aufzeichnungen und Checkpoints werden ersetzt.</translation>
    </message>
    <message>
        <source>Leave it</source>
        <translation>Belassen</translation>
    </message>
    <message>
        <source>Reshard %1</source>
        <translation>%1 neu aufteilen</translation>
    </message>
    <message>
        <source>Write it</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>Writing %1 for %2 ranks</source>
        <translation>%1 wird für %2 Ränge geschrieben</translation>
    </message>
    <message>
        <source>%1 for %2 ranks is in %3</source>
        <translation>%1 für %2 Ränge liegt in %3</translation>
    </message>
    <message>
        <source>Export %1</source>
        <translation>%1 exportieren</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Switchyard model, fp32</source>
        <translation>Switchyard-Modell, fp32</translation>
    </message>
    <message>
        <source>Weights, configuration and tokenizer in one folder: for eval, retrieve, trace and as a start for other runs.</source>
        <translation>Gewichte, Konfiguration und Tokenizer in einem Ordner: für eval, retrieve, trace und als Start anderer Läufe.</translation>
    </message>
    <message>
        <source>Switchyard model, bf16</source>
        <translation>Switchyard-Modell, bf16</translation>
    </message>
    <message>
        <source>The same in half the bytes.</source>
        <translation>Dasselbe in halb so vielen Bytes.</translation>
    </message>
    <message>
        <source>Hugging Face, text encoder</source>
        <translation>Hugging Face, Text-Encoder</translation>
    </message>
    <message>
        <source>As transformers reads it. The encoder must have learned positions, norms behind and no experts.</source>
        <translation>Wie transformers ihn liest. Der Encoder muss gelernte Positionen, nachgestellte Normen und keine Experten haben.</translation>
    </message>
    <message>
        <source>Hugging Face, image encoder</source>
        <translation>Hugging Face, Bild-Encoder</translation>
    </message>
    <message>
        <source>As transformers reads a ViT. The encoder must have a linear stem and no experts.</source>
        <translation>Wie transformers ein ViT liest. Der Encoder muss einen linearen Stamm und keine Experten haben.</translation>
    </message>
    <message>
        <source>PEFT adapters, text encoder</source>
        <translation>PEFT-Adapter, Text-Encoder</translation>
    </message>
    <message>
        <source>The LoRA adapters alone, as PEFT reads them.</source>
        <translation>Nur die LoRA-Adapter, wie PEFT sie liest.</translation>
    </message>
    <message>
        <source>PEFT adapters, image encoder</source>
        <translation>PEFT-Adapter, Bild-Encoder</translation>
    </message>
    <message>
        <source>Exporting %1</source>
        <translation>%1 wird exportiert</translation>
    </message>
    <message>
        <source>%1 is exported to %2</source>
        <translation>%1 ist nach %2 exportiert</translation>
    </message>
    <message>
        <source>%1 can not be moved to the trash</source>
        <translation>%1 lässt sich nicht in den Papierkorb legen</translation>
    </message>
    <message>
        <source>%1 is in the trash.</source>
        <translation>%1 liegt im Papierkorb.</translation>
    </message>
    <message>
        <source>%1 checkpoints are in the trash.</source>
        <translation>%1 Checkpoints liegen im Papierkorb.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>%1 can not be brought back; it is still in the trash</source>
        <translation>%1 lässt sich nicht zurückholen; er liegt noch im Papierkorb</translation>
    </message>
    <message>
        <source>Prune...</source>
        <translation>Stutzen...</translation>
    </message>
    <message>
        <source>Take the experts out that the model needs least</source>
        <translation>Experten entfernen, die das Modell am wenigsten braucht</translation>
    </message>
    <message>
        <source>Prune is off: the model has no experts to spare</source>
        <translation>Stutzen ist aus: Das Modell kann keinen Experten entbehren</translation>
    </message>
    <message>
        <source>Prune is off: the run&apos;s configuration names no file to measure the experts on</source>
        <translation>Stutzen ist aus: Die Konfiguration des Laufs nennt keine Datei, an der die Experten gemessen werden</translation>
    </message>
    <message>
        <source>Pruning %1</source>
        <translation>%1 wird gestutzt</translation>
    </message>
    <message>
        <source>%1 %2, was %3</source>
        <translation>%1 %2, zuvor %3</translation>
    </message>
    <message>
        <source>%1 with %2 experts a layer is in %3: %4</source>
        <translation>%1 mit %2 Experten je Schicht liegt in %3: %4</translation>
    </message>
    <message>
        <source>Switchyard model, int8</source>
        <translation>Switchyard-Modell, int8</translation>
    </message>
    <message>
        <source>The same in about a fourth of the bytes: matrices as whole numbers with a scale for each output.</source>
        <translation>Dasselbe in etwa einem Viertel der Bytes: Matrizen als ganze Zahlen mit einem Maßstab je Ausgang.</translation>
    </message>
    <message>
        <source>Model folder with a card</source>
        <translation>Modellordner mit Karte</translation>
    </message>
    <message>
        <source>To pass on: weights as they were trained, hashes, and a README made from the run&apos;s records.</source>
        <translation>Zum Weitergeben: Gewichte wie trainiert, Prüfsummen und eine README aus den Aufzeichnungen des Laufs.</translation>
    </message>
    <message>
        <source>TorchScript</source>
        <translation>TorchScript</translation>
    </message>
    <message>
        <source>The whole forward in one file, which torch.jit.load runs without Switchyard.</source>
        <translation>Der ganze Vorwärtslauf in einer Datei, die torch.jit.load ohne Switchyard ausführt.</translation>
    </message>
    <message>
        <source>Triton model repository</source>
        <translation>Triton-Modellverzeichnis</translation>
    </message>
    <message>
        <source>TorchScript by function, with the configurations that Triton Inference Server reads.</source>
        <translation>TorchScript je Funktion, mit den Konfigurationen, die der Triton Inference Server liest.</translation>
    </message>
    <message>
        <source>%1 with %2 experts in all is in %3: %4</source>
        <translation>%1 mit insgesamt %2 Experten liegt in %3: %4</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CheckpointCombo</name>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>demo (shipped)</source>
        <translation>Demo (mitgeliefert)</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>Checkpoint</translation>
    </message>
    <message>
        <source>Reading checkpoints</source>
        <translation>Checkpoints werden gelesen</translation>
    </message>
    <message>
        <source>No checkpoint</source>
        <translation>Kein Checkpoint</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CheckpointTable</name>
    <message>
        <source>d MMM HH:mm</source>
        <translation>d.M. HH:mm</translation>
    </message>
    <message>
        <source>d MMM yyyy</source>
        <translation>d.M.yyyy</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>broken</source>
        <translation>defekt</translation>
    </message>
    <message>
        <source>verified %1</source>
        <translation>geprüft %1</translation>
    </message>
    <message>
        <source>not verified</source>
        <translation>nicht geprüft</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>angeheftet</translation>
    </message>
    <message>
        <source>best</source>
        <translation>bester</translation>
    </message>
    <message>
        <source>newest</source>
        <translation>neuester</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Ranks</source>
        <translation>Ränge</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
    <message>
        <source>Hashes</source>
        <translation>Hashes</translation>
    </message>
    <message>
        <source>Kept as</source>
        <translation>Behalten als</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CheckpointsPage</name>
    <message>
        <source>Checkpoints</source>
        <translation>Checkpoints</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
    <message>
        <source>What the table shows of what was measured</source>
        <translation>Was die Tabelle vom Gemessenen zeigt</translation>
    </message>
    <message>
        <source>1 checkpoint, %1</source>
        <translation>1 Checkpoint, %1</translation>
    </message>
    <message>
        <source>%1 checkpoints, %2</source>
        <translation>%1 Checkpoints, %2</translation>
    </message>
    <message>
        <source>No run selected</source>
        <translation>Kein Lauf gewählt</translation>
    </message>
    <message>
        <source>Choose a run in the list at the left.</source>
        <translation>Links in der Liste einen Lauf wählen.</translation>
    </message>
    <message>
        <source>The checkpoints can not be read</source>
        <translation>Die Checkpoints sind nicht lesbar</translation>
    </message>
    <message>
        <source>No checkpoints</source>
        <translation>Keine Checkpoints</translation>
    </message>
    <message>
        <source>This run has saved none yet. How often it does is checkpoint.every.</source>
        <translation>Dieser Lauf hat noch keine gespeichert. Wie oft er es tut, sagt checkpoint.every.</translation>
    </message>
    <message>
        <source>No checkpoint selected</source>
        <translation>Kein Checkpoint gewählt</translation>
    </message>
    <message>
        <source>%1 checkpoints</source>
        <translation>%1 Checkpoints</translation>
    </message>
    <message>
        <source>Together</source>
        <translation>Zusammen</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>Checkpoint</translation>
    </message>
    <message>
        <source>Saved by ranks</source>
        <translation>Gespeichert von Rängen</translation>
    </message>
    <message>
        <source>Hashes</source>
        <translation>Hashes</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>Angeheftet</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>Written by</source>
        <translation>Geschrieben von</translation>
    </message>
    <message>
        <source>Broken</source>
        <translation>Defekt</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CommandJob</name>
    <message>
        <source>The command ended with code %1 and gave no reason</source>
        <translation>Der Befehl endete mit Code %1 und ohne Begründung</translation>
    </message>
    <message>
        <source>The program switchyard can not be started</source>
        <translation>Das Programm switchyard lässt sich nicht starten</translation>
    </message>
    <message>
        <source>The command was ended from outside</source>
        <translation>Der Befehl wurde von außen beendet</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CommandPalette</name>
    <message>
        <source>Find an action</source>
        <translation>Aktion suchen</translation>
    </message>
    <message>
        <source>Actions found</source>
        <translation>Gefundene Aktionen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CommandStrip</name>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Command for a terminal</source>
        <translation>Befehl für ein Terminal</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation>Befehl kopieren</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CompareBar</name>
    <message>
        <source>Compared runs</source>
        <translation>Verglichene Läufe</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>Unterschiede</translation>
    </message>
    <message>
        <source>Show of the compared runs</source>
        <translation>Ansicht der verglichenen Läufe</translation>
    </message>
    <message>
        <source>Click to hide or show %1</source>
        <translation>Klicken blendet %1 ein oder aus</translation>
    </message>
    <message>
        <source>Stop comparing with %1</source>
        <translation>%1 nicht mehr vergleichen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CompareCard</name>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>What is compared</source>
        <translation>Was verglichen wird</translation>
    </message>
    <message>
        <source>This</source>
        <translation>Dieses</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>Anderes</translation>
    </message>
    <message>
        <source>What chips and patches show</source>
        <translation>Was Chips und Patches zeigen</translation>
    </message>
    <message>
        <source>Close Compare</source>
        <translation>Vergleich schließen</translation>
    </message>
    <message>
        <source>Load of each expert, compared</source>
        <translation>Last jedes Experten, verglichen</translation>
    </message>
    <message>
        <source>Share of tokens with the same experts, by layer</source>
        <translation>Anteil der Token mit denselben Experten, je Schicht</translation>
    </message>
    <message>
        <source>Same experts, by layer</source>
        <translation>Gleiche Experten, je Schicht</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>Verworfen</translation>
    </message>
    <message>
        <source>Max violation</source>
        <translation>Max. Überlast</translation>
    </message>
    <message>
        <source>Entropy, bits</source>
        <translation>Entropie, Bit</translation>
    </message>
    <message>
        <source>Experts chosen</source>
        <translation>Gewählte Experten</translation>
    </message>
    <message>
        <source>Same experts</source>
        <translation>Gleiche Experten</translation>
    </message>
    <message>
        <source>This, bars</source>
        <translation>Dieses, Balken</translation>
    </message>
    <message>
        <source>Other, lines</source>
        <translation>Anderes, Linien</translation>
    </message>
    <message>
        <source>Reading what to compare with</source>
        <translation>Das Verglichene wird gelesen</translation>
    </message>
    <message>
        <source>Choose a checkpoint to compare with.</source>
        <translation>Einen Checkpoint zum Vergleich wählen.</translation>
    </message>
    <message>
        <source>Keep this sample first (Enter), then choose another of the list.</source>
        <translation>Erst dieses Beispiel behalten (Enter), dann ein anderes aus der Liste wählen.</translation>
    </message>
    <message>
        <source>That sample was not traced yet. Choose it in the list at the left first.</source>
        <translation>Dieses Beispiel wurde noch nicht verfolgt. Erst links in der Liste wählen.</translation>
    </message>
    <message>
        <source>A row of the routing probe can not be read. Choose another step.</source>
        <translation>Eine Zeile der Routing-Probe ist nicht lesbar. Einen anderen Schritt wählen.</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>this one</source>
        <translation>dieses</translation>
    </message>
    <message>
        <source>%1 with %2</source>
        <translation>%1 mit %2</translation>
    </message>
    <message>
        <source>with “%1”; tokens that both have are held against each other</source>
        <translation>mit „%1“; Token, die beide haben, werden verglichen</translation>
    </message>
    <message>
        <source>The other one does not pass %1; choose another layer.</source>
        <translation>Das andere durchläuft %1 nicht; eine andere Schicht wählen.</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>none in common</source>
        <translation>keine gemeinsam</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CompareChooser</name>
    <message>
        <source>Compare with</source>
        <translation>Vergleichen mit</translation>
    </message>
    <message>
        <source>Another step</source>
        <translation>Anderer Schritt</translation>
    </message>
    <message>
        <source>Another checkpoint</source>
        <translation>Anderer Checkpoint</translation>
    </message>
    <message>
        <source>Another sample</source>
        <translation>Anderes Beispiel</translation>
    </message>
    <message>
        <source>Checkpoint to compare with</source>
        <translation>Checkpoint zum Vergleich</translation>
    </message>
    <message>
        <source>Open a checkpoint or model folder to compare with</source>
        <translation>Checkpoint oder Modellordner zum Vergleich öffnen</translation>
    </message>
    <message>
        <source>Sample to compare with</source>
        <translation>Beispiel zum Vergleich</translation>
    </message>
    <message>
        <source>Choose a checkpoint or model folder to compare with</source>
        <translation>Checkpoint oder Modellordner zum Vergleich wählen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ComparePicker</name>
    <message>
        <source>Compare with</source>
        <translation>Vergleichen mit</translation>
    </message>
    <message>
        <source>Search name, tag or note</source>
        <translation>Name, Tag oder Notiz suchen</translation>
    </message>
    <message>
        <source>Search runs to compare with</source>
        <translation>Läufe zum Vergleich suchen</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Loss</translation>
    </message>
    <message>
        <source>Runs to compare with</source>
        <translation>Läufe zum Vergleich</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>At most %1 runs beside the selected one: uncheck another first</source>
        <translation>Höchstens %1 Läufe neben dem gewählten: erst einen anderen abwählen</translation>
    </message>
    <message>
        <source>There is no other run yet</source>
        <translation>Es gibt noch keinen anderen Lauf</translation>
    </message>
    <message>
        <source>%1 of %2 chosen</source>
        <translation>%1 von %2 gewählt</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ConfigDiffModel</name>
    <message>
        <source>(empty)</source>
        <translation>(leer)</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>This text</source>
        <translation>Dieser Text</translation>
    </message>
    <message>
        <source>The other</source>
        <translation>Der andere</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ConfigDocument</name>
    <message>
        <source>edit of the text</source>
        <translation>Bearbeitung des Textes</translation>
    </message>
    <message>
        <source>reset of %1</source>
        <translation>Zurücksetzen von %1</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ConfigFilterDialog</name>
    <message>
        <source>Filter by a config value</source>
        <translation>Nach Konfigurationswert filtern</translation>
    </message>
    <message>
        <source>Config key</source>
        <translation>Konfigurationsschlüssel</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>The condition is added to the search, where it can be changed. * stands for anything.</source>
        <translation>Die Bedingung kommt zur Suche hinzu und lässt sich dort ändern. * steht für Beliebiges.</translation>
    </message>
    <message>
        <source>Add to search</source>
        <translation>Zur Suche hinzufügen</translation>
    </message>
    <message>
        <source>No config has this key</source>
        <translation>Keine Konfiguration hat diesen Schlüssel</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ConfigForm</name>
    <message>
        <source>Configuration form</source>
        <translation>Konfigurationsformular</translation>
    </message>
    <message>
        <source>Find a key</source>
        <translation>Schlüssel suchen</translation>
    </message>
    <message>
        <source>Find a key by label, path or description</source>
        <translation>Schlüssel nach Name, Pfad oder Beschreibung suchen</translation>
    </message>
    <message>
        <source>Show all keys</source>
        <translation>Alle Schlüssel zeigen</translation>
    </message>
    <message>
        <source>Changed only</source>
        <translation>Nur geänderte</translation>
    </message>
    <message>
        <source>Show only keys that the text sets</source>
        <translation>Nur Schlüssel zeigen, die der Text setzt</translation>
    </message>
    <message>
        <source>No such key</source>
        <translation>Kein solcher Schlüssel</translation>
    </message>
    <message>
        <source>Line %1 can not be read. The form shows the last text that could be read.</source>
        <translation>Zeile %1 ist nicht lesbar. Das Formular zeigt den letzten lesbaren Text.</translation>
    </message>
    <message>
        <source>Show line %1</source>
        <translation>Zeile %1 zeigen</translation>
    </message>
    <message>
        <source>The text sets no key.</source>
        <translation>Der Text setzt keinen Schlüssel.</translation>
    </message>
    <message>
        <source>No key has “%1” in its label, path or description.</source>
        <translation>Kein Schlüssel hat „%1“ in Name, Pfad oder Beschreibung.</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ConfigToolBar</name>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Open... (Ctrl+O)</source>
        <translation>Öffnen... (Strg+O)</translation>
    </message>
    <message>
        <source>Save (Ctrl+S)</source>
        <translation>Speichern (Strg+S)</translation>
    </message>
    <message>
        <source>Save as... (Ctrl+Shift+S)</source>
        <translation>Speichern unter... (Strg+Umschalt+S)</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>choose</source>
        <translation>wählen</translation>
    </message>
    <message>
        <source>Open a configuration that is shipped with the program</source>
        <translation>Eine mitgelieferte Konfiguration öffnen</translation>
    </message>
    <message>
        <source>Compare with</source>
        <translation>Vergleichen mit</translation>
    </message>
    <message>
        <source>Count the keys that differ from another preset or a run</source>
        <translation>Schlüssel zählen, die von einer anderen Vorlage oder einem Lauf abweichen</translation>
    </message>
    <message>
        <source>Undo: %1 (Ctrl+Z)</source>
        <translation>Rückgängig: %1 (Strg+Z)</translation>
    </message>
    <message>
        <source>Nothing to undo</source>
        <translation>Nichts rückgängig zu machen</translation>
    </message>
    <message>
        <source>Redo: %1 (Ctrl+Shift+Z)</source>
        <translation>Wiederherstellen: %1 (Strg+Umschalt+Z)</translation>
    </message>
    <message>
        <source>Nothing to redo</source>
        <translation>Nichts wiederherzustellen</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>run %1</source>
        <translation>Lauf %1</translation>
    </message>
    <message>
        <source>no key differs</source>
        <translation>kein Schlüssel weicht ab</translation>
    </message>
    <message>
        <source>1 key differs</source>
        <translation>1 Schlüssel weicht ab</translation>
    </message>
    <message>
        <source>%1 keys differ</source>
        <translation>%1 Schlüssel weichen ab</translation>
    </message>
    <message>
        <source>compare</source>
        <translation>Vergleich</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ConfigurePage</name>
    <message>
        <source>Pre-flight and key</source>
        <translation>Vorprüfung und Schlüssel</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>%1 gespeichert</translation>
    </message>
    <message>
        <source>Undo the last edit of the configuration</source>
        <translation>Letzte Bearbeitung der Konfiguration rückgängig machen</translation>
    </message>
    <message>
        <source>Redo the last edit of the configuration</source>
        <translation>Letzte Bearbeitung der Konfiguration wiederherstellen</translation>
    </message>
    <message>
        <source>Save the configuration</source>
        <translation>Konfiguration speichern</translation>
    </message>
    <message>
        <source>Save the configuration as another file</source>
        <translation>Konfiguration als andere Datei speichern</translation>
    </message>
    <message>
        <source>Find a key</source>
        <translation>Schlüssel suchen</translation>
    </message>
    <message>
        <source>Go to the next problem</source>
        <translation>Zum nächsten Problem</translation>
    </message>
    <message>
        <source>Go to the previous problem</source>
        <translation>Zum vorigen Problem</translation>
    </message>
    <message>
        <source>Show the suggestions for a problem</source>
        <translation>Vorschläge zu einem Problem zeigen</translation>
    </message>
    <message>
        <source>Switch between form and text</source>
        <translation>Zwischen Formular und Text wechseln</translation>
    </message>
    <message>
        <source>Reset the key to its default</source>
        <translation>Schlüssel auf Standardwert zurücksetzen</translation>
    </message>
    <message>
        <source>Show the keys that differ</source>
        <translation>Abweichende Schlüssel zeigen</translation>
    </message>
    <message>
        <source>Start run</source>
        <translation>Lauf starten</translation>
    </message>
    <message>
        <source>The config text</source>
        <translation>Der Konfigurationstext</translation>
    </message>
    <message>
        <source>Unsaved text</source>
        <translation>Ungespeicherter Text</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>bearbeitet</translation>
    </message>
    <message>
        <source>This text is in no file yet</source>
        <translation>Dieser Text ist noch in keiner Datei</translation>
    </message>
    <message>
        <source>changed since opened</source>
        <translation>seit dem Öffnen geändert</translation>
    </message>
    <message>
        <source>changed from preset</source>
        <translation>gegenüber der Vorlage geändert</translation>
    </message>
    <message>
        <source>the same run from a terminal</source>
        <translation>derselbe Lauf von einem Terminal</translation>
    </message>
    <message>
        <source>save %1 first: the command reads the file</source>
        <translation>erst %1 speichern: Der Befehl liest die Datei</translation>
    </message>
    <message>
        <source>save as %1 to run it from a terminal</source>
        <translation>als %1 speichern, um ihn von einem Terminal zu starten</translation>
    </message>
    <message>
        <source>Started %1</source>
        <translation>%1 gestartet</translation>
    </message>
    <message>
        <source>Go to %1</source>
        <translation>Zu %1</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CurveExports</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source> curves</source>
        <translation> Kurven</translation>
    </message>
    <message>
        <source>Exported %1</source>
        <translation>%1 exportiert</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CurvePlot</name>
    <message>
        <source>%1, plot</source>
        <translation>%1, Diagramm</translation>
    </message>
    <message>
        <source>Left and Right move the cursor by one record, Escape lets it go, plus and minus zoom, 0 shows everything. The data table in the menu holds the values.</source>
        <translation>Links und Rechts bewegen den Cursor um eine Aufzeichnung, Escape gibt ihn frei, Plus und Minus zoomen, 0 zeigt alles. Die Datentabelle im Menü enthält die Werte.</translation>
    </message>
    <message>
        <source>resumed at step %1</source>
        <translation>fortgesetzt bei Schritt %1</translation>
    </message>
    <message>
        <source>NaN at step %1</source>
        <translation>NaN bei Schritt %1</translation>
    </message>
    <message>
        <source>inf at step %1</source>
        <translation>inf bei Schritt %1</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CurveTableModel</name>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CurvesPage</name>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Loss</translation>
    </message>
    <message>
        <source>total</source>
        <translation>gesamt</translation>
    </message>
    <message>
        <source>contrastive</source>
        <translation>kontrastiv</translation>
    </message>
    <message>
        <source>matching</source>
        <translation>Matching</translation>
    </message>
    <message>
        <source>balance</source>
        <translation>Balance</translation>
    </message>
    <message>
        <source>z</source>
        <translation>z</translation>
    </message>
    <message>
        <source>task</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>Gradientennorm</translation>
    </message>
    <message>
        <source>gradient norm</source>
        <translation>Gradientennorm</translation>
    </message>
    <message>
        <source>Throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>samples/s</source>
        <translation>Beispiele/s</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>Spitzenspeicher</translation>
    </message>
    <message>
        <source>peak memory</source>
        <translation>Spitzenspeicher</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>Evaluation</translation>
    </message>
    <message>
        <source>to image</source>
        <translation>zu Bild</translation>
    </message>
    <message>
        <source>to text</source>
        <translation>zu Text</translation>
    </message>
    <message>
        <source>Recall@%1</source>
        <translation>Recall@%1</translation>
    </message>
    <message>
        <source>recall@%1, %</source>
        <translation>Recall@%1, %</translation>
    </message>
    <message>
        <source>recall@1, %</source>
        <translation>Recall@1, %</translation>
    </message>
    <message>
        <source>First non-finite value: &lt;code&gt;&lt;b&gt;%1&lt;/b&gt;&lt;/code&gt; at step %2</source>
        <translation>Erster nicht endlicher Wert: &lt;code&gt;&lt;b&gt;%1&lt;/b&gt;&lt;/code&gt; bei Schritt %2</translation>
    </message>
    <message>
        <source> of %1</source>
        <translation> von %1</translation>
    </message>
    <message>
        <source> on %1</source>
        <translation> auf %1</translation>
    </message>
    <message>
        <source>Show step %1</source>
        <translation>Schritt %1 zeigen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::CurvesToolBar</name>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>FLOPs</source>
        <translation>FLOPs</translation>
    </message>
    <message>
        <source>X axis</source>
        <translation>x-Achse</translation>
    </message>
    <message>
        <source>Lin</source>
        <translation>Lin</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>Loss axis</source>
        <translation>Loss-Achse</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>Moving average over all records; the raw record stays faint behind it</source>
        <translation>Gleitendes Mittel über alle Aufzeichnungen; die rohe Aufzeichnung bleibt schwach dahinter</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>Keep all records in sight as they come; zooming or moving a plot turns it off</source>
        <translation>Alle eintreffenden Aufzeichnungen im Blick behalten; Zoomen oder Verschieben schaltet es aus</translation>
    </message>
    <message>
        <source>Compare with...</source>
        <translation>Vergleichen...</translation>
    </message>
    <message>
        <source>Compare with other runs</source>
        <translation>Mit anderen Läufen vergleichen</translation>
    </message>
    <message>
        <source>Draw other runs over this one (C)</source>
        <translation>Andere Läufe über diesen zeichnen (C)</translation>
    </message>
    <message>
        <source>Data table of all plots</source>
        <translation>Datentabelle aller Diagramme</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Export all plots</source>
        <translation>Alle Diagramme exportieren</translation>
    </message>
    <message>
        <source>Tokens is off: this run has no record of them</source>
        <translation>Token ist aus: Dieser Lauf hat sie nicht aufgezeichnet</translation>
    </message>
    <message>
        <source>FLOPs is off: this run has no record of them</source>
        <translation>FLOPs ist aus: Dieser Lauf hat sie nicht aufgezeichnet</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::DeadCard</name>
    <message>
        <source>Dead experts</source>
        <translation>Tote Experten</translation>
    </message>
    <message>
        <source>last token</source>
        <translation>letztes Token</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>None: all had tokens of late.</source>
        <translation>Keine: Alle hatten kürzlich Token.</translation>
    </message>
    <message>
        <source>Dead: no token in %1 records, or
24 steps where they are unlikely.</source>
        <translation>Tot: kein Token in %1 Aufzeichnungen oder
24 Schritten, wo das unwahrscheinlich ist.</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::DemoImport</name>
    <message>
        <source>emoji</source>
        <translation>Emoji</translation>
    </message>
    <message>
        <source>Tux Paint stamps</source>
        <translation>Tux-Paint-Stempel</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::DifferenceList</name>
    <message>
        <source>1 key differs from %1</source>
        <translation>1 Schlüssel weicht von %1 ab</translation>
    </message>
    <message>
        <source>%1 keys differ from %2</source>
        <translation>%1 Schlüssel weichen von %2 ab</translation>
    </message>
    <message>
        <source>Keys that differ</source>
        <translation>Abweichende Schlüssel</translation>
    </message>
    <message>
        <source>Choose a row to go to its key</source>
        <translation>Eine Zeile wählen, um zu ihrem Schlüssel zu gehen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::DifferencesView</name>
    <message>
        <source>Differences</source>
        <translation>Unterschiede</translation>
    </message>
    <message>
        <source>Copy selected cells</source>
        <translation>Gewählte Zellen kopieren</translation>
    </message>
    <message>
        <source>Differences of the compared runs</source>
        <translation>Unterschiede der verglichenen Läufe</translation>
    </message>
    <message>
        <source>differences</source>
        <translation>Unterschiede</translation>
    </message>
    <message>
        <source>Exported %1</source>
        <translation>%1 exportiert</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::DockTitle</name>
    <message>
        <source>Float or dock this panel</source>
        <translation>Dieses Feld lösen oder andocken</translation>
    </message>
    <message>
        <source>Close this panel</source>
        <translation>Dieses Feld schließen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::DropZone</name>
    <message>
        <source>Drop an image here</source>
        <translation>Bild hier ablegen</translation>
    </message>
    <message>
        <source>or</source>
        <translation>oder</translation>
    </message>
    <message>
        <source>choose a file</source>
        <translation>Datei wählen</translation>
    </message>
    <message>
        <source>Choose a picture file</source>
        <translation>Bilddatei wählen</translation>
    </message>
    <message>
        <source>Drop to search</source>
        <translation>Zum Suchen ablegen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::EditorPanel</name>
    <message>
        <source>not saved to a file</source>
        <translation>in keiner Datei gespeichert</translation>
    </message>
    <message>
        <source>line %1, column %2</source>
        <translation>Zeile %1, Spalte %2</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::EventsModel</name>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>Information</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>Ereignis</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::EventsPanel</name>
    <message>
        <source>Events</source>
        <translation>Ereignisse</translation>
    </message>
    <message>
        <source>Show the list of events</source>
        <translation>Liste der Ereignisse zeigen</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>Warnungen</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Which events</source>
        <translation>Welche Ereignisse</translation>
    </message>
    <message>
        <source>Close this panel</source>
        <translation>Dieses Feld schließen</translation>
    </message>
    <message>
        <source>window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Fold the list of events</source>
        <translation>Liste der Ereignisse einklappen</translation>
    </message>
    <message>
        <source>Alarm at step %1, %2: %3</source>
        <translation>Alarm bei Schritt %1, %2: %3</translation>
    </message>
    <message>
        <source>health</source>
        <translation>Gesundheit</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Warnings %1</source>
        <translation>Warnungen %1</translation>
    </message>
    <message>
        <source>Errors %1</source>
        <translation>Fehler %1</translation>
    </message>
    <message>
        <source>Nothing has happened yet</source>
        <translation>Noch ist nichts geschehen</translation>
    </message>
    <message>
        <source>1 warning</source>
        <translation>1 Warnung</translation>
    </message>
    <message>
        <source>%1 warnings</source>
        <translation>%1 Warnungen</translation>
    </message>
    <message>
        <source>1 error</source>
        <translation>1 Fehler</translation>
    </message>
    <message>
        <source>%1 errors</source>
        <translation>%1 Fehler</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ExampleListModel</name>
    <message>
        <source>not asked yet</source>
        <translation>noch nicht gefragt</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ExamplePanel</name>
    <message>
        <source>Examples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Examples of the evaluation data</source>
        <translation>Beispiele der Evaluationsdaten</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ExpertExports</name>
    <message>
        <source>Load over fair share, %1</source>
        <translation>Last zu fairem Anteil, %1</translation>
    </message>
    <message>
        <source>Expert</source>
        <translation>Experte</translation>
    </message>
    <message>
        <source>Text tokens</source>
        <translation>Text-Token</translation>
    </message>
    <message>
        <source>Image tokens</source>
        <translation>Bild-Token</translation>
    </message>
    <message>
        <source>Text share</source>
        <translation>Textanteil</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>To rank %1</source>
        <translation>An Rang %1</translation>
    </message>
    <message>
        <source>Rank %1</source>
        <translation>Rang %1</translation>
    </message>
    <message>
        <source>Modality share of %1 at step %2</source>
        <translation>Modalitätsanteil von %1 bei Schritt %2</translation>
    </message>
    <message>
        <source>modality share</source>
        <translation>Modalitätsanteil</translation>
    </message>
    <message>
        <source>Load over fair share of all layers at step %1</source>
        <translation>Last zu fairem Anteil aller Schichten bei Schritt %1</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Tokens that ranks sent each other, %1, step %2</source>
        <translation>Token, die Ränge einander sandten, %1, Schritt %2</translation>
    </message>
    <message>
        <source>all-to-all</source>
        <translation>All-to-all</translation>
    </message>
    <message>
        <source>loads</source>
        <translation>Lasten</translation>
    </message>
    <message>
        <source>Exported %1</source>
        <translation>%1 exportiert</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ExpertPanel</name>
    <message>
        <source>&lt; 1 %</source>
        <translation>&lt; 1 %</translation>
    </message>
    <message>
        <source>Expert</source>
        <translation>Experte</translation>
    </message>
    <message>
        <source>No expert selected</source>
        <translation>Kein Experte gewählt</translation>
    </message>
    <message>
        <source>Choose one by a token, a patch, the legend or a bar; what it takes stands here.</source>
        <translation>Einen über ein Token, einen Patch, die Legende oder einen Balken wählen; was er nimmt, steht hier.</translation>
    </message>
    <message>
        <source>These samples</source>
        <translation>Diese Beispiele</translation>
    </message>
    <message>
        <source>Evaluation data</source>
        <translation>Evaluationsdaten</translation>
    </message>
    <message>
        <source>What the card is taken from</source>
        <translation>Woraus die Karte entsteht</translation>
    </message>
    <message>
        <source>Top tokens</source>
        <translation>Häufigste Token</translation>
    </message>
    <message>
        <source>By count</source>
        <translation>Nach Anzahl</translation>
    </message>
    <message>
        <source>By lift</source>
        <translation>Nach Lift</translation>
    </message>
    <message>
        <source>Order of the tokens</source>
        <translation>Reihenfolge der Token</translation>
    </message>
    <message>
        <source>Lift: a token&apos;s share of what the expert takes over its share of all tokens; of tokens that it took at least %1 times</source>
        <translation>Lift: Anteil eines Tokens an dem, was der Experte nimmt, zu seinem Anteil an allen Token; von Token, die er mindestens %1-mal nahm</translation>
    </message>
    <message>
        <source>Top patches</source>
        <translation>Stärkste Patches</translation>
    </message>
    <message>
        <source>Chosen together with</source>
        <translation>Zusammen gewählt mit</translation>
    </message>
    <message>
        <source>Nearest experts</source>
        <translation>Nächste Experten</translation>
    </message>
    <message>
        <source>cosine of co-activation</source>
        <translation>Kosinus der Koaktivierung</translation>
    </message>
    <message>
        <source>How alike two experts&apos; rows are in the table of how often each was chosen together with each other one</source>
        <translation>Wie ähnlich die Zeilen zweier Experten in der Tabelle sind, wie oft jeder zusammen mit jedem anderen gewählt wurde</translation>
    </message>
    <message>
        <source>Nearest experts, by the cosine of their co-activation</source>
        <translation>Nächste Experten, nach dem Kosinus ihrer Koaktivierung</translation>
    </message>
    <message>
        <source>Copy as table</source>
        <translation>Als Tabelle kopieren</translation>
    </message>
    <message>
        <source>weight %1, row %2, column %3%4</source>
        <translation>Gewicht %1, Zeile %2, Spalte %3%4</translation>
    </message>
    <message>
        <source>of %1 in %2</source>
        <translation>von %1 in %2</translation>
    </message>
    <message>
        <source>1 sample</source>
        <translation>1 Beispiel</translation>
    </message>
    <message>
        <source>%1 samples</source>
        <translation>%1 Beispiele</translation>
    </message>
    <message>
        <source>Expert %1</source>
        <translation>Experte %1</translation>
    </message>
    <message>
        <source>%1, %2 × fair share</source>
        <translation>%1, %2 × fairer Anteil</translation>
    </message>
    <message>
        <source>Text %1</source>
        <translation>Text %1</translation>
    </message>
    <message>
        <source>Never chosen</source>
        <translation>Nie gewählt</translation>
    </message>
    <message>
        <source>Image %1</source>
        <translation>Bild %1</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%1 von %2 Token</translation>
    </message>
    <message>
        <source>%1 of %2 patches</source>
        <translation>%1 von %2 Patches</translation>
    </message>
    <message>
        <source>In this sample: %1</source>
        <translation>In diesem Beispiel: %1</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>weight, count</source>
        <translation>Gewicht, Anzahl</translation>
    </message>
    <message>
        <source>Chosen together with: none</source>
        <translation>Zusammen gewählt mit: keinem</translation>
    </message>
    <message>
        <source>Expert	Layer	Text	Image	Load over fair share</source>
        <translation>Experte	Schicht	Text	Bild	Last zu fairem Anteil</translation>
    </message>
    <message>
        <source>Token	Weight	Count</source>
        <translation>Token	Gewicht	Anzahl</translation>
    </message>
    <message>
        <source>Chosen together with	Share</source>
        <translation>Zusammen gewählt mit	Anteil</translation>
    </message>
    <message>
        <source>Not counted yet</source>
        <translation>Noch nicht gezählt</translation>
    </message>
    <message>
        <source>Chosen for: tokens %1, patches %2. Their routing: %3 bits of entropy</source>
        <translation>Gewählt für: Token %1, Patches %2. Ihr Routing: %3 Bit Entropie</translation>
    </message>
    <message>
        <source>count, lift</source>
        <translation>Anzahl, Lift</translation>
    </message>
    <message>
        <source>Nearest experts: none</source>
        <translation>Nächste Experten: keine</translation>
    </message>
    <message>
        <source>of %1 in %2 samples</source>
        <translation>von %1 in %2 Beispielen</translation>
    </message>
    <message>
        <source>Expert	Layer	Text	Image	Load over fair share	Entropy, bits	Samples</source>
        <translation>Experte	Schicht	Text	Bild	Last zu fairem Anteil	Entropie, Bit	Beispiele</translation>
    </message>
    <message>
        <source>Token	Count	Lift	Weight</source>
        <translation>Token	Anzahl	Lift	Gewicht</translation>
    </message>
    <message>
        <source>Nearest	Cosine of co-activation</source>
        <translation>Nächster	Kosinus der Koaktivierung</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ExpertShareModel</name>
    <message>
        <source>%1 % of tokens</source>
        <translation>%1 % der Token</translation>
    </message>
    <message>
        <source>Expert</source>
        <translation>Experte</translation>
    </message>
    <message>
        <source>× fair</source>
        <translation>× fair</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>Last</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ExpertsPage</name>
    <message>
        <source>Load per expert</source>
        <translation>Last je Experte</translation>
    </message>
    <message>
        <source>Modality share</source>
        <translation>Modalitätsanteil</translation>
    </message>
    <message>
        <source>Layer × expert</source>
        <translation>Schicht × Experte</translation>
    </message>
    <message>
        <source>All-to-all</source>
        <translation>All-to-all</translation>
    </message>
    <message>
        <source>log₂ (load / fair share), 1 cell = %1</source>
        <translation>log₂ (Last / fairer Anteil), 1 Zelle = %1</translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation>%1 Schritte</translation>
    </message>
    <message>
        <source>1 step</source>
        <translation>1 Schritt</translation>
    </message>
    <message>
        <source>; compressed rows show the largest deviation</source>
        <translation>; gestauchte Zeilen zeigen die größte Abweichung</translation>
    </message>
    <message>
        <source>fair share %1 %</source>
        <translation>fairer Anteil %1 %</translation>
    </message>
    <message>
        <source>at step %1</source>
        <translation>bei Schritt %1</translation>
    </message>
    <message>
        <source>This model is dense</source>
        <translation>Dieses Modell ist dicht</translation>
    </message>
    <message>
        <source>None of its layers has experts, so there is no load to show. model.moe.experts and moe_every or fusion.moe in the config give a model experts.</source>
        <translation>Keine seiner Schichten hat Experten, daher gibt es keine Last zu zeigen. model.moe.experts und moe_every oder fusion.moe in der Konfiguration geben einem Modell Experten.</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ExpertsToolBar</name>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>By load</source>
        <translation>Nach Last</translation>
    </message>
    <message>
        <source>By id</source>
        <translation>Nach Nummer</translation>
    </message>
    <message>
        <source>By rank</source>
        <translation>Nach Rang</translation>
    </message>
    <message>
        <source>Order of rows</source>
        <translation>Reihenfolge der Zeilen</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Modality</source>
        <translation>Modalität</translation>
    </message>
    <message>
        <source>Fish-eye</source>
        <translation>Fischauge</translation>
    </message>
    <message>
        <source>Enlarge the rows around the chosen expert</source>
        <translation>Die Zeilen um den gewählten Experten vergrößern</translation>
    </message>
    <message>
        <source>E213</source>
        <translation>E213</translation>
    </message>
    <message>
        <source>Find an expert by its id</source>
        <translation>Experten nach Nummer suchen</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>Keep the cursor at the newest step; choosing another step turns it off</source>
        <translation>Den Cursor beim neuesten Schritt halten; einen anderen Schritt wählen schaltet es aus</translation>
    </message>
    <message>
        <source>Data table of the loads</source>
        <translation>Datentabelle der Lasten</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Export the loads</source>
        <translation>Lasten exportieren</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::FileControl</name>
    <message>
        <source>The text</source>
        <translation>Der Text</translation>
    </message>
    <message>
        <source>&lt;b&gt;%1&lt;/b&gt; has unsaved edits. Opening %2 discards them.</source>
        <translation>&lt;b&gt;%1&lt;/b&gt; hat ungespeicherte Änderungen. %2 zu öffnen verwirft sie.</translation>
    </message>
    <message>
        <source>Discard edits</source>
        <translation>Änderungen verwerfen</translation>
    </message>
    <message>
        <source>another text</source>
        <translation>anderen Text</translation>
    </message>
    <message>
        <source>Open configuration</source>
        <translation>Konfiguration öffnen</translation>
    </message>
    <message>
        <source>Save configuration as</source>
        <translation>Konfiguration speichern unter</translation>
    </message>
    <message>
        <source>&lt;b&gt;%1&lt;/b&gt; was changed by another program since it was opened.</source>
        <translation>&lt;b&gt;%1&lt;/b&gt; wurde seit dem Öffnen von einem anderen Programm geändert.</translation>
    </message>
    <message>
        <source>Save over it</source>
        <translation>Überschreiben</translation>
    </message>
    <message>
        <source>Save as...</source>
        <translation>Speichern unter...</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::FilterMenu</name>
    <message>
        <source>All runs</source>
        <translation>Alle Läufe</translation>
    </message>
    <message>
        <source>Active</source>
        <translation>Aktiv</translation>
    </message>
    <message>
        <source>Failed or lost</source>
        <translation>Gescheitert oder verloren</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>Config value...</source>
        <translation>Konfigurationswert...</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>No run has a tag</source>
        <translation>Kein Lauf hat einen Tag</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::FlowCard</name>
    <message>
        <source>Flow</source>
        <translation>Fluss</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>Beide</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Rows that flow</source>
        <translation>Fließende Zeilen</translation>
    </message>
    <message>
        <source>By weight</source>
        <translation>Nach Gewicht</translation>
    </message>
    <message>
        <source>A row counts with its first choice&apos;s weight, along a ribbon with the smaller of the two</source>
        <translation>Eine Zeile zählt mit dem Gewicht ihrer ersten Wahl, entlang eines Bandes mit dem kleineren der beiden</translation>
    </message>
    <message>
        <source>Close Flow</source>
        <translation>Fluss schließen</translation>
    </message>
    <message>
        <source>Flow between experts</source>
        <translation>Fluss zwischen Experten</translation>
    </message>
    <message>
        <source>This sample has no text</source>
        <translation>Dieses Beispiel hat keinen Text</translation>
    </message>
    <message>
        <source>This sample has no picture</source>
        <translation>Dieses Beispiel hat kein Bild</translation>
    </message>
    <message>
        <source>A row of the routing probe can not be read.</source>
        <translation>Eine Zeile der Routing-Probe ist nicht lesbar.</translation>
    </message>
    <message>
        <source>one layer with experts: nothing flows on</source>
        <translation>eine Schicht mit Experten: Nichts fließt weiter</translation>
    </message>
    <message>
        <source>groups of %1 experts, shares of first choices; hatched: dropped</source>
        <translation>Gruppen von %1 Experten, Anteile der ersten Wahl; schraffiert: verworfen</translation>
    </message>
    <message>
        <source>first choices; height: share of the layer; hatched: dropped</source>
        <translation>erste Wahl; Höhe: Anteil der Schicht; schraffiert: verworfen</translation>
    </message>
    <message>
        <source>; the largest ribbons, %1 % of all</source>
        <translation>; die größten Bänder, %1 % von allen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::FlowView</name>
    <message>
        <source>Flow between experts</source>
        <translation>Fluss zwischen Experten</translation>
    </message>
    <message>
        <source>Arrows move over the experts of the layers, Enter selects one, Escape lets it go. The data table in the menu holds all.</source>
        <translation>Pfeiltasten wandern über die Experten der Schichten, Enter wählt einen, Escape gibt ihn frei. Die Datentabelle im Menü enthält alle.</translation>
    </message>
    <message>
        <source>Reading all layers of this sample</source>
        <translation>Alle Schichten dieses Beispiels werden gelesen</translation>
    </message>
    <message>
        <source>No layer with experts sees this part of the sample.</source>
        <translation>Keine Schicht mit Experten sieht diesen Teil des Beispiels.</translation>
    </message>
    <message>
        <source>%1 text</source>
        <translation>%1 Text</translation>
    </message>
    <message>
        <source>%1 image</source>
        <translation>%1 Bild</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>%1, %2: first choice of %3; %4 % of the layer&apos;s</source>
        <translation>%1, %2: erste Wahl von %3; %4 % der Schicht</translation>
    </message>
    <message>
        <source>; %1 dropped</source>
        <translation>; %1 verworfen</translation>
    </message>
    <message>
        <source>; most to %1</source>
        <translation>; am meisten an %1</translation>
    </message>
    <message>
        <source>%1 %2 to %3 %4: %5; %6 % of what %2 takes</source>
        <translation>%1 %2 an %3 %4: %5; %6 % dessen, was %2 nimmt</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Expert</source>
        <translation>Experte</translation>
    </message>
    <message>
        <source>Next layer</source>
        <translation>Nächste Schicht</translation>
    </message>
    <message>
        <source>Next expert</source>
        <translation>Nächster Experte</translation>
    </message>
    <message>
        <source>Text tokens</source>
        <translation>Text-Token</translation>
    </message>
    <message>
        <source>Image patches</source>
        <translation>Bild-Patches</translation>
    </message>
    <message>
        <source>Share of the layer</source>
        <translation>Anteil der Schicht</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>Verworfen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::FormRow</name>
    <message>
        <source>Reset to the default: empty (Ctrl+D)</source>
        <translation>Auf Standardwert zurücksetzen: leer (Strg+D)</translation>
    </message>
    <message>
        <source>Reset to the default: %1 (Ctrl+D)</source>
        <translation>Auf Standardwert zurücksetzen: %1 (Strg+D)</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::GateForm</name>
    <message>
        <source>Top-2</source>
        <translation>Top-2</translation>
    </message>
    <message>
        <source>Switch</source>
        <translation>Switch</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Noisy top-k</source>
        <translation>Noisy Top-k</translation>
    </message>
    <message>
        <source>Expert choice</source>
        <translation>Expert Choice</translation>
    </message>
    <message>
        <source>dropless</source>
        <translation>ohne Verwerfen</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>Priorität</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>Trainiert</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keiner</translation>
    </message>
    <message>
        <source>Own</source>
        <translation>Eigener</translation>
    </message>
    <message>
        <source>E3 0.5, E7 -1</source>
        <translation>E3 0.5, E7 -1</translation>
    </message>
    <message>
        <source>Gate</source>
        <translation>Gate</translation>
    </message>
    <message>
        <source>How tokens and experts find each other</source>
        <translation>Wie Token und Experten zueinander finden</translation>
    </message>
    <message>
        <source>Experts per token</source>
        <translation>Experten je Token</translation>
    </message>
    <message>
        <source>Top-2 and Switch have a number of their own</source>
        <translation>Top-2 und Switch haben eine eigene Anzahl</translation>
    </message>
    <message>
        <source>Capacity factor</source>
        <translation>Kapazitätsfaktor</translation>
    </message>
    <message>
        <source>Room of an expert over its fair share; 0 is dropless</source>
        <translation>Platz eines Experten zu seinem fairen Anteil; 0 heißt ohne Verwerfen</translation>
    </message>
    <message>
        <source>Least capacity</source>
        <translation>Mindestkapazität</translation>
    </message>
    <message>
        <source>Room that every expert has in any case</source>
        <translation>Platz, den jeder Experte in jedem Fall hat</translation>
    </message>
    <message>
        <source>Drop order</source>
        <translation>Verwurfsfolge</translation>
    </message>
    <message>
        <source>Which choices keep their place where room ends: the first ones, or the heaviest</source>
        <translation>Welche Zuweisungen ihren Platz behalten, wo er endet: die ersten oder die schwersten</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>Logits are divided by it: above 1 evens them out</source>
        <translation>Durch sie werden Logits geteilt: über 1 gleicht sie an</translation>
    </message>
    <message>
        <source>Selection bias</source>
        <translation>Auswahl-Bias</translation>
    </message>
    <message>
        <source>Added to the scores for the choice alone (gate Top-k)</source>
        <translation>Wird nur für die Auswahl zu den Scores addiert (Gate Top-k)</translation>
    </message>
    <message>
        <source>Own bias</source>
        <translation>Eigener Bias</translation>
    </message>
    <message>
        <source>A number for each expert that has one: E3 0.5, E7 -1</source>
        <translation>Eine Zahl für jeden Experten, der einen hat: E3 0.5, E7 -1</translation>
    </message>
    <message>
        <source>Trained (0)</source>
        <translation>Trainiert (0)</translation>
    </message>
    <message>
        <source>The own bias can not be read. Write it as E3 0.5, E7 -1; experts go from E0 to E%1.</source>
        <translation>Der eigene Bias ist nicht lesbar. Als E3 0.5, E7 -1 schreiben; Experten gehen von E0 bis E%1.</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::GateReplay</name>
    <message>
        <source>The worker&apos;s replay can not be read</source>
        <translation>Die Wiedergabe des Workers ist nicht lesbar</translation>
    </message>
    <message>
        <source>Change a value to ask again</source>
        <translation>Einen Wert ändern, um erneut zu fragen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::HitListModel</name>
    <message>
        <source>dual encoder %1</source>
        <translation>Dual-Encoder %1</translation>
    </message>
    <message>
        <source>Hit %1, %2, %3</source>
        <translation>Treffer %1, %2, %3</translation>
    </message>
    <message>
        <source>matching head %1, %2</source>
        <translation>Matching-Kopf %1, %2</translation>
    </message>
    <message>
        <source>%1, alike the one before</source>
        <translation>%1, ähnlich dem davor</translation>
    </message>
    <message numerus="yes">
        <source>%1, %n alike</source>
        <translation>
            <numerusform>%1, %n ähnlich</numerusform>
            <numerusform>%1, %n ähnlich</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>switchyard::ui::HitPanel</name>
    <message>
        <source>No hit selected</source>
        <translation>Kein Treffer gewählt</translation>
    </message>
    <message>
        <source>A hit&apos;s picture, captions and scores stand here.</source>
        <translation>Bild, Beschriftungen und Scores eines Treffers stehen hier.</translation>
    </message>
    <message>
        <source>Picture of the hit</source>
        <translation>Bild des Treffers</translation>
    </message>
    <message>
        <source>Double click to enlarge</source>
        <translation>Doppelklick vergrößert</translation>
    </message>
    <message>
        <source>Matching head</source>
        <translation>Matching-Kopf</translation>
    </message>
    <message>
        <source>Dual encoder</source>
        <translation>Dual-Encoder</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>Rang</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Id</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Copy file path</source>
        <translation>Dateipfad kopieren</translation>
    </message>
    <message>
        <source>Use as query</source>
        <translation>Als Suche verwenden</translation>
    </message>
    <message>
        <source>Search with this hit (Enter)</source>
        <translation>Mit diesem Treffer suchen (Enter)</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Open the folder of the picture</source>
        <translation>Ordner des Bildes öffnen</translation>
    </message>
    <message>
        <source>Copy scores</source>
        <translation>Scores kopieren</translation>
    </message>
    <message>
        <source>Copy all hits as a table with tabs</source>
        <translation>Alle Treffer als Tabelle mit Tabulatoren kopieren</translation>
    </message>
    <message>
        <source>Pictures that are nearly the same as this one</source>
        <translation>Bilder, die diesem fast gleichen</translation>
    </message>
    <message>
        <source>Hit %1</source>
        <translation>Treffer %1</translation>
    </message>
    <message>
        <source>Hit</source>
        <translation>Treffer</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Fold %1 alike</source>
        <translation>%1 ähnliche falten</translation>
    </message>
    <message>
        <source>Show %1 alike</source>
        <translation>%1 ähnliche zeigen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::HotColdCard</name>
    <message>
        <source>Hot and cold experts</source>
        <translation>Heiße und kalte Experten</translation>
    </message>
    <message>
        <source>Hot 10</source>
        <translation>Heiße 10</translation>
    </message>
    <message>
        <source>Cold 10</source>
        <translation>Kalte 10</translation>
    </message>
    <message>
        <source>Experts listed</source>
        <translation>Gelistete Experten</translation>
    </message>
    <message>
        <source>live experts</source>
        <translation>lebende Experten</translation>
    </message>
    <message>
        <source>at step %1</source>
        <translation>bei Schritt %1</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::IndexView</name>
    <message>
        <source>Loading the model</source>
        <translation>Modell wird geladen</translation>
    </message>
    <message>
        <source>%1 of %2 in the graph</source>
        <translation>%1 von %2 im Graphen</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>%1 vectors/s</source>
        <translation>%1 Vektoren/s</translation>
    </message>
    <message>
        <source>%1 pictures/s</source>
        <translation>%1 Bilder/s</translation>
    </message>
    <message>
        <source>%1, %2 left</source>
        <translation>%1, noch %2</translation>
    </message>
    <message>
        <source>Index</source>
        <translation>Index</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>Checkpoint</translation>
    </message>
    <message>
        <source>Rebuild</source>
        <translation>Neu bauen</translation>
    </message>
    <message>
        <source>Change data…</source>
        <translation>Daten wechseln…</translation>
    </message>
    <message>
        <source>Progress of the index</source>
        <translation>Fortschritt des Index</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel building the index</source>
        <translation>Bau des Index abbrechen</translation>
    </message>
    <message>
        <source>%1, %2 left out</source>
        <translation>%1, %2 ausgelassen</translation>
    </message>
    <message>
        <source>%1 values, fp32</source>
        <translation>%1 Werte, fp32</translation>
    </message>
    <message>
        <source>graph (HNSW)</source>
        <translation>Graph (HNSW)</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>exakt</translation>
    </message>
    <message>
        <source>%1 pictures could not be read and are left out</source>
        <translation>%1 Bilder konnten nicht gelesen werden und sind ausgelassen</translation>
    </message>
    <message>
        <source>data has changed</source>
        <translation>Daten haben sich geändert</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>of other weights</source>
        <translation>von anderen Gewichten</translation>
    </message>
    <message>
        <source>building</source>
        <translation>im Bau</translation>
    </message>
    <message>
        <source>not built</source>
        <translation>nicht gebaut</translation>
    </message>
    <message>
        <source>Continue building</source>
        <translation>Weiterbauen</translation>
    </message>
    <message>
        <source>Build index</source>
        <translation>Index bauen</translation>
    </message>
    <message>
        <source>The index is being built</source>
        <translation>Der Index wird gebaut</translation>
    </message>
    <message>
        <source>There is no checkpoint to build with</source>
        <translation>Es gibt keinen Checkpoint, mit dem zu bauen wäre</translation>
    </message>
    <message>
        <source>There is no data to build of</source>
        <translation>Es gibt keine Daten, aus denen zu bauen wäre</translation>
    </message>
    <message>
        <source>Building %1</source>
        <translation>%1 wird gebaut</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::InferenceClient</name>
    <message>
        <source>The inference worker gave no reason</source>
        <translation>Der Inferenz-Worker nannte keinen Grund</translation>
    </message>
    <message>
        <source>its last line: %1</source>
        <translation>seine letzte Zeile: %1</translation>
    </message>
    <message>
        <source>The inference worker was ended by signal %1 before it answered</source>
        <translation>Der Inferenz-Worker wurde von Signal %1 beendet, bevor er antwortete</translation>
    </message>
    <message>
        <source>Likely the system ran out of memory, or someone ended the process</source>
        <translation>Wahrscheinlich ging dem System der Speicher aus, oder jemand beendete den Prozess</translation>
    </message>
    <message>
        <source>The inference worker exited with code %1 before it answered</source>
        <translation>Der Inferenz-Worker endete mit Code %1, bevor er antwortete</translation>
    </message>
    <message>
        <source>The next request starts a new worker</source>
        <translation>Die nächste Anfrage startet einen neuen Worker</translation>
    </message>
    <message>
        <source>The inference worker could not be started: %1</source>
        <translation>Der Inferenz-Worker ließ sich nicht starten: %1</translation>
    </message>
    <message>
        <source>Check that the file is a program of this system</source>
        <translation>Prüfen, ob die Datei ein Programm dieses Systems ist</translation>
    </message>
    <message>
        <source>The inference worker&apos;s answer is longer than %1 MiB</source>
        <translation>Die Antwort des Inferenz-Workers ist länger als %1 MiB</translation>
    </message>
    <message>
        <source>Ask for fewer results</source>
        <translation>Weniger Ergebnisse verlangen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::InspectorPanel</name>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::JobList</name>
    <message>
        <source>Work on checkpoints</source>
        <translation>Arbeiten an Checkpoints</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::JobRow</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel: %1</source>
        <translation>Abbrechen: %1</translation>
    </message>
    <message>
        <source>Put this away</source>
        <translation>Weglegen</translation>
    </message>
    <message>
        <source>%1: cancelled</source>
        <translation>%1: abgebrochen</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>wartet</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::JoinRow</name>
    <message>
        <source>Find pictures by text and picture together</source>
        <translation>Bilder nach Text und Bild zusammen finden</translation>
    </message>
    <message>
        <source>How much the picture counts beside the text, percent</source>
        <translation>Wie viel das Bild neben dem Text zählt, in Prozent</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Together with %1</source>
        <translation>Zusammen mit %1</translation>
    </message>
    <message>
        <source>Search by the text together with the picture %1</source>
        <translation>Nach dem Text zusammen mit dem Bild %1 suchen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::LayerBar</name>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Vision</source>
        <translation>Vision</translation>
    </message>
    <message>
        <source>Fusion</source>
        <translation>Fusion</translation>
    </message>
    <message>
        <source>Let the expert go (Escape)</source>
        <translation>Den Experten freigeben (Escape)</translation>
    </message>
    <message>
        <source>%1 block %2</source>
        <translation>%1 Block %2</translation>
    </message>
    <message>
        <source>%1 selected</source>
        <translation>%1 gewählt</translation>
    </message>
    <message>
        <source>1 token or patch selected</source>
        <translation>1 Token oder Patch gewählt</translation>
    </message>
    <message>
        <source>%1 tokens and patches selected</source>
        <translation>%1 Token und Patches gewählt</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::LayerGrid</name>
    <message>
        <source>Layer by expert</source>
        <translation>Schicht nach Experte</translation>
    </message>
    <message>
        <source>Up and Down choose a layer, Left and Right an expert. The data table in the menu holds the values.</source>
        <translation>Auf und Ab wählen eine Schicht, Links und Rechts einen Experten. Die Datentabelle im Menü enthält die Werte.</translation>
    </message>
    <message>
        <source>dead</source>
        <translation>tot</translation>
    </message>
    <message>
        <source>no tokens</source>
        <translation>keine Token</translation>
    </message>
    <message>
        <source>%1 × fair</source>
        <translation>%1 × fair</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::LegendEntry</name>
    <message>
        <source>Show %1</source>
        <translation>%1 zeigen</translation>
    </message>
    <message>
        <source>Click to hide or show %1</source>
        <translation>Klicken blendet %1 ein oder aus</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::LoadCard</name>
    <message>
        <source>Load of each expert</source>
        <translation>Last jedes Experten</translation>
    </message>
    <message>
        <source>This sample</source>
        <translation>Dieses</translation>
    </message>
    <message>
        <source>All samples</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Samples counted</source>
        <translation>Gezählte Beispiele</translation>
    </message>
    <message>
        <source>What if</source>
        <translation>Was wäre wenn</translation>
    </message>
    <message>
        <source>Put the same logits through another gate</source>
        <translation>Dieselben Logits durch ein anderes Gate schicken</translation>
    </message>
    <message>
        <source>Compare with</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Another step, checkpoint or sample</source>
        <translation>Anderer Schritt, Checkpoint oder anderes Beispiel</translation>
    </message>
    <message>
        <source>Flow</source>
        <translation>Fluss</translation>
    </message>
    <message>
        <source>How tokens and patches move between experts from layer to layer</source>
        <translation>Wie Token und Patches von Schicht zu Schicht zwischen Experten wandern</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>Verworfen</translation>
    </message>
    <message>
        <source>Max violation</source>
        <translation>Max. Überlast</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>Entropie</translation>
    </message>
    <message>
        <source>Experts chosen</source>
        <translation>Gewählte Experten</translation>
    </message>
    <message>
        <source>load</source>
        <translation>Last</translation>
    </message>
    <message>
        <source>this sample</source>
        <translation>dieses Beispiel</translation>
    </message>
    <message>
        <source>1 sample</source>
        <translation>1 Beispiel</translation>
    </message>
    <message>
        <source>%1 samples</source>
        <translation>%1 Beispiele</translation>
    </message>
    <message>
        <source>× fair share, %1, %2</source>
        <translation>× fairer Anteil, %1, %2</translation>
    </message>
    <message>
        <source>%1 bits</source>
        <translation>%1 Bit</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::LoadHeatmap</name>
    <message>
        <source>Load per expert, heatmap</source>
        <translation>Last je Experte, Heatmap</translation>
    </message>
    <message>
        <source>Up and Down choose an expert, Left and Right move the cursor, Home and End go to the first and the newest step, Escape lets the expert go. The data table in the menu holds the values.</source>
        <translation>Auf und Ab wählen einen Experten, Links und Rechts bewegen den Cursor, Pos1 und Ende gehen zum ersten und zum neuesten Schritt, Escape gibt den Experten frei. Die Datentabelle im Menü enthält die Werte.</translation>
    </message>
    <message>
        <source>rank %1</source>
        <translation>Rang %1</translation>
    </message>
    <message>
        <source>dead</source>
        <translation>tot</translation>
    </message>
    <message>
        <source>log₂</source>
        <translation>log₂</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>steps %1–%2</source>
        <translation>Schritte %1–%2</translation>
    </message>
    <message>
        <source>no tokens</source>
        <translation>keine Token</translation>
    </message>
    <message>
        <source>%1 × fair</source>
        <translation>%1 × fair</translation>
    </message>
    <message>
        <source>%1 % of tokens</source>
        <translation>%1 % der Token</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::LoadTableModel</name>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>Verworfen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::LoadingState</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::LogModel</name>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>Rang</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Zeile</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::LogView</name>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>last %1 lines of each rank, by time</source>
        <translation>letzte %1 Zeilen jedes Rangs, nach Zeit</translation>
    </message>
    <message>
        <source>Whose log</source>
        <translation>Wessen Log</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Find in log</source>
        <translation>Im Log suchen</translation>
    </message>
    <message>
        <source>Copy the lines shown</source>
        <translation>Gezeigte Zeilen kopieren</translation>
    </message>
    <message>
        <source>Log lines</source>
        <translation>Log-Zeilen</translation>
    </message>
    <message>
        <source>Rank %1</source>
        <translation>Rang %1</translation>
    </message>
    <message>
        <source>No lines yet</source>
        <translation>Noch keine Zeilen</translation>
    </message>
    <message>
        <source>%1 lines</source>
        <translation>%1 Zeilen</translation>
    </message>
    <message>
        <source>%1 of %2 lines</source>
        <translation>%1 von %2 Zeilen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::MainWindow</name>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>Ereignisse</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>Neuer Lauf</translation>
    </message>
    <message>
        <source>Open config...</source>
        <translation>Konfiguration öffnen...</translation>
    </message>
    <message>
        <source>Run the smoke config</source>
        <translation>Smoke-Konfiguration starten</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>Search runs</source>
        <translation>Läufe suchen</translation>
    </message>
    <message>
        <source>Next run</source>
        <translation>Nächster Lauf</translation>
    </message>
    <message>
        <source>Previous run</source>
        <translation>Voriger Lauf</translation>
    </message>
    <message>
        <source>Runs panel</source>
        <translation>Lauf-Leiste</translation>
    </message>
    <message>
        <source>Inspector panel</source>
        <translation>Inspektor-Leiste</translation>
    </message>
    <message>
        <source>Events panel</source>
        <translation>Ereignis-Leiste</translation>
    </message>
    <message>
        <source>System panel</source>
        <translation>System-Leiste</translation>
    </message>
    <message>
        <source>Show all events</source>
        <translation>Alle Ereignisse zeigen</translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation>Anordnung zurücksetzen</translation>
    </message>
    <message>
        <source>Dark theme</source>
        <translation>Dunkles Thema</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Lauf</translation>
    </message>
    <message>
        <source>&amp;Tools</source>
        <translation>&amp;Werkzeuge</translation>
    </message>
    <message>
        <source>Find an action</source>
        <translation>Aktion suchen</translation>
    </message>
    <message>
        <source>Open folder of runs</source>
        <translation>Ordner der Läufe öffnen</translation>
    </message>
    <message>
        <source>Read the run list again</source>
        <translation>Liste der Läufe neu lesen</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>About Switchyard</source>
        <translation>Über Switchyard</translation>
    </message>
    <message>
        <source>&lt;b&gt;Switchyard %1&lt;/b&gt;&lt;p&gt;Trains sparse mixture-of-experts models of text and images, and shows what happens inside them.&lt;/p&gt;&lt;p&gt;The window is free software under the GNU General Public License, version 3 or later; the core and the command line under the MIT license.&lt;/p&gt;</source>
        <translation>&lt;b&gt;Switchyard %1&lt;/b&gt;&lt;p&gt;Trainiert dünn besetzte Mixture-of-Experts-Modelle für Text und Bild und zeigt, was in ihnen geschieht.&lt;/p&gt;&lt;p&gt;Das Fenster ist freie Software unter der GNU General Public License, Version 3 oder neuer; Kern und Kommandozeile stehen unter der MIT-Lizenz.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>About Qt</source>
        <translation>Über Qt</translation>
    </message>
    <message>
        <source>Switch between dark and light</source>
        <translation>Zwischen dunkel und hell wechseln</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>The language changes at the window&apos;s next start.</source>
        <translation>Die Sprache wechselt beim nächsten Start des Fensters.</translation>
    </message>
    <message>
        <source>The system&apos;s</source>
        <translation>Die des Systems</translation>
    </message>
    <message>
        <source>Load of this machine</source>
        <translation>Last dieses Rechners</translation>
    </message>
    <message>
        <source>Show or hide the system panel</source>
        <translation>System-Leiste zeigen oder verbergen</translation>
    </message>
    <message>
        <source>1 run active</source>
        <translation>1 Lauf aktiv</translation>
    </message>
    <message>
        <source>%1 runs active</source>
        <translation>%1 Läufe aktiv</translation>
    </message>
    <message>
        <source>, %1 queued</source>
        <translation>, %1 eingereiht</translation>
    </message>
    <message>
        <source>1 worker</source>
        <translation>1 Worker</translation>
    </message>
    <message>
        <source>%1 workers</source>
        <translation>%1 Worker</translation>
    </message>
    <message>
        <source>The smoke config is missing (%1).</source>
        <translation>Die Smoke-Konfiguration fehlt (%1).</translation>
    </message>
    <message>
        <source>Open config</source>
        <translation>Konfiguration öffnen</translation>
    </message>
    <message>
        <source>Configurations (*.yaml *.yml)</source>
        <translation>Konfigurationen (*.yaml *.yml)</translation>
    </message>
    <message>
        <source>The file can not be read, or is over 1 MiB (%1).</source>
        <translation>Die Datei ist nicht lesbar oder größer als 1 MiB (%1).</translation>
    </message>
    <message>
        <source>Unsaved edits</source>
        <translation>Ungespeicherte Änderungen</translation>
    </message>
    <message>
        <source>%1 has edits that were not saved. Runs go on in any case.</source>
        <translation>%1 hat ungespeicherte Änderungen. Läufe gehen in jedem Fall weiter.</translation>
    </message>
    <message>
        <source>Close without saving</source>
        <translation>Schließen ohne Speichern</translation>
    </message>
    <message>
        <source>Keep editing</source>
        <translation>Weiter bearbeiten</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::MessageBanner</name>
    <message>
        <source>Dismiss message</source>
        <translation>Meldung schließen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ModalityBars</name>
    <message>
        <source>Modality share per expert</source>
        <translation>Modalitätsanteil je Experte</translation>
    </message>
    <message>
        <source>Left and Right choose an expert. The data table in the menu holds the values.</source>
        <translation>Links und Rechts wählen einen Experten. Die Datentabelle im Menü enthält die Werte.</translation>
    </message>
    <message>
        <source>%1: no tokens</source>
        <translation>%1: keine Token</translation>
    </message>
    <message>
        <source>%1: text %2 %, image %3 %</source>
        <translation>%1: Text %2 %, Bild %3 %</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ModalityLegend</name>
    <message>
        <source>text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>image</source>
        <translation>Bild</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::NoteCard</name>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>What this run is for, what came out of it</source>
        <translation>Wozu dieser Lauf dient, was er ergab</translation>
    </message>
    <message>
        <source>Note of the run</source>
        <translation>Notiz des Laufs</translation>
    </message>
    <message>
        <source>Save note</source>
        <translation>Notiz speichern</translation>
    </message>
    <message>
        <source>Ctrl+Enter; leaving the note saves it too</source>
        <translation>Strg+Enter; das Verlassen der Notiz speichert sie auch</translation>
    </message>
    <message>
        <source>Not saved yet</source>
        <translation>Noch nicht gespeichert</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>Wird gespeichert</translation>
    </message>
    <message>
        <source>Saved with the run</source>
        <translation>Beim Lauf gespeichert</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::OutputDialog</name>
    <message>
        <source>Ranks</source>
        <translation>Ränge</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>Neuer Ordner</translation>
    </message>
    <message>
        <source>Choose where</source>
        <translation>Ort wählen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Folder to make the new one in</source>
        <translation>Ordner, in dem der neue entsteht</translation>
    </message>
    <message>
        <source>Any number of ranks can go on from it; this one only saves them the cutting.</source>
        <translation>Jede Anzahl von Rängen kann davon weitermachen; dies erspart ihnen nur das Zerteilen.</translation>
    </message>
    <message>
        <source>Give the folder a name.</source>
        <translation>Dem Ordner einen Namen geben.</translation>
    </message>
    <message>
        <source>Give a whole path, from /.</source>
        <translation>Einen ganzen Pfad angeben, ab /.</translation>
    </message>
    <message>
        <source>This is there already, and nothing is written over it. Give another name.</source>
        <translation>Dies gibt es schon, und nichts wird überschrieben. Einen anderen Namen angeben.</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::PageBar</name>
    <message>
        <source>%1 page</source>
        <translation>Seite %1</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::PatchLegend</name>
    <message>
        <source>Experts of the patches</source>
        <translation>Experten der Patches</translation>
    </message>
    <message>
        <source>Up and Down choose an expert.</source>
        <translation>Auf und Ab wählen einen Experten.</translation>
    </message>
    <message>
        <source>%1 bits</source>
        <translation>%1 Bit</translation>
    </message>
    <message>
        <source>0</source>
        <translation>0</translation>
    </message>
    <message>
        <source>%1: 1</source>
        <translation>%1: 1</translation>
    </message>
    <message>
        <source>%1 drop</source>
        <translation>%1 verw.</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::PatchTiles</name>
    <message>
        <source>Top patches</source>
        <translation>Stärkste Patches</translation>
    </message>
    <message>
        <source>Left and Right move, Enter shows the patch in its picture.</source>
        <translation>Links und Rechts bewegen, Enter zeigt den Patch in seinem Bild.</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::PatchView</name>
    <message>
        <source>Patches</source>
        <translation>Patches</translation>
    </message>
    <message>
        <source>Arrows move over the patches, Enter takes a patch&apos;s expert. The data table in the menu holds all.</source>
        <translation>Pfeiltasten wandern über die Patches, Enter nimmt den Experten eines Patches. Die Datentabelle im Menü enthält alle.</translation>
    </message>
    <message>
        <source>Patch: row %1, column %2</source>
        <translation>Patch: Zeile %1, Spalte %2</translation>
    </message>
    <message>
        <source>otherwise: %1</source>
        <translation>sonst: %1</translation>
    </message>
    <message>
        <source>entropy %1 bits</source>
        <translation>Entropie %1 Bit</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::PictureBox</name>
    <message>
        <source>picture is missing</source>
        <translation>Bild fehlt</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::PictureIntake</name>
    <message>
        <source>Pictures (%1)</source>
        <translation>Bilder (%1)</translation>
    </message>
    <message>
        <source>The picture could not be kept</source>
        <translation>Das Bild konnte nicht aufbewahrt werden</translation>
    </message>
    <message>
        <source>Check that the folder can be written and the disk is not full</source>
        <translation>Prüfen, ob der Ordner beschreibbar und die Platte nicht voll ist</translation>
    </message>
    <message>
        <source>This is a folder, not a picture</source>
        <translation>Dies ist ein Ordner, kein Bild</translation>
    </message>
    <message>
        <source>This file is not named like a picture</source>
        <translation>Diese Datei heißt nicht wie ein Bild</translation>
    </message>
    <message>
        <source>Choose a PNG, JPEG or WebP file</source>
        <translation>Eine PNG-, JPEG- oder WebP-Datei wählen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::PlanBars</name>
    <message>
        <source>Memory of a rank by number of ranks</source>
        <translation>Speicher eines Rangs nach Anzahl der Ränge</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::PlotCard</name>
    <message>
        <source>Logarithmic axis</source>
        <translation>Logarithmische Achse</translation>
    </message>
    <message>
        <source>Logarithmic x axis</source>
        <translation>Logarithmische x-Achse</translation>
    </message>
    <message>
        <source>Fit the axis to the values</source>
        <translation>Achse an die Werte anpassen</translation>
    </message>
    <message>
        <source>Metric compared in %1</source>
        <translation>Verglichene Metrik in %1</translation>
    </message>
    <message>
        <source>faint: raw, line: smoothed</source>
        <translation>schwach: roh, Linie: geglättet</translation>
    </message>
    <message>
        <source>%1 at the cursor</source>
        <translation>%1 am Cursor</translation>
    </message>
    <message>
        <source>× 10%1</source>
        <translation>× 10%1</translation>
    </message>
    <message>
        <source>log</source>
        <translation>log</translation>
    </message>
    <message>
        <source>, log</source>
        <translation>, log</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::PreflightPanel</name>
    <message>
        <source>Pre-flight</source>
        <translation>Vorprüfung</translation>
    </message>
    <message>
        <source>Working it out ...</source>
        <translation>Wird berechnet ...</translation>
    </message>
    <message>
        <source>parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>active per token</source>
        <translation>aktiv je Token</translation>
    </message>
    <message>
        <source>FLOPs per token</source>
        <translation>FLOPs je Token</translation>
    </message>
    <message>
        <source>tokens a sample</source>
        <translation>Token je Beispiel</translation>
    </message>
    <message>
        <source>Memory of a rank</source>
        <translation>Speicher eines Rangs</translation>
    </message>
    <message>
        <source>The text has an error; there are no figures yet.</source>
        <translation>Der Text hat einen Fehler; noch gibt es keine Zahlen.</translation>
    </message>
    <message>
        <source>The text has an error: these are the figures of the last valid one.</source>
        <translation>Der Text hat einen Fehler: Dies sind die Zahlen des letzten gültigen.</translation>
    </message>
    <message>
        <source>%1 free here</source>
        <translation>%1 hier frei</translation>
    </message>
    <message>
        <source>Memory of this machine that is not in use, for all ranks together</source>
        <translation>Unbenutzter Speicher dieses Rechners, für alle Ränge zusammen</translation>
    </message>
    <message>
        <source>at the peak</source>
        <translation>an der Spitze</translation>
    </message>
    <message>
        <source>What is in memory at the moment when most is</source>
        <translation>Was im Speicher liegt, wenn am meisten darin liegt</translation>
    </message>
    <message>
        <source>at most</source>
        <translation>höchstens</translation>
    </message>
    <message>
        <source>Peak</source>
        <translation>Spitze</translation>
    </message>
    <message>
        <source>Use %1</source>
        <translation>%1 verwenden</translation>
    </message>
    <message>
        <source>fits with %1</source>
        <translation>passt mit %1</translation>
    </message>
    <message>
        <source>%1: less, but not enough</source>
        <translation>%1: weniger, aber nicht genug</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ProbeFeedWorker</name>
    <message>
        <source>There is not enough memory for this step of the probe</source>
        <translation>Der Speicher reicht nicht für diesen Schritt der Probe</translation>
    </message>
    <message>
        <source>Close other programs</source>
        <translation>Andere Programme schließen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ProbeSamples</name>
    <message>
        <source>%1 samples, recorded at %2 steps as the run trained</source>
        <translation>%1 Beispiele, bei %2 Schritten des Trainings aufgezeichnet</translation>
    </message>
    <message>
        <source>This checkpoint belongs to no run, so nothing was recorded.</source>
        <translation>Dieser Checkpoint gehört zu keinem Lauf, daher wurde nichts aufgezeichnet.</translation>
    </message>
    <message>
        <source>Reading the routing probe.</source>
        <translation>Die Routing-Probe wird gelesen.</translation>
    </message>
    <message>
        <source>This run recorded no routing probe. Set probe.every in its configuration, and a run writes down where its routers send a few fixed samples as it trains.</source>
        <translation>Dieser Lauf zeichnete keine Routing-Probe auf. Mit probe.every in der Konfiguration schreibt ein Lauf beim Training mit, wohin seine Router einige feste Beispiele schicken.</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ProblemNote</name>
    <message>
        <source>Warning in line %1: %2</source>
        <translation>Warnung in Zeile %1: %2</translation>
    </message>
    <message>
        <source>Error in line %1: %2</source>
        <translation>Fehler in Zeile %1: %2</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ProfileChoice</name>
    <message>
        <source>Start on</source>
        <translation>Starten auf</translation>
    </message>
    <message>
        <source>kubectl starts it: write its manifest with switchyard train --on %1 --manifest-out FILE</source>
        <translation>kubectl startet ihn: Manifest mit switchyard train --on %1 --manifest-out FILE schreiben</translation>
    </message>
    <message>
        <source>This machine</source>
        <translation>Dieser Rechner</translation>
    </message>
    <message>
        <source>Ranks are processes of this machine</source>
        <translation>Ränge sind Prozesse dieses Rechners</translation>
    </message>
    <message>
        <source>Edit profiles...</source>
        <translation>Profile bearbeiten...</translation>
    </message>
    <message>
        <source>Open the file that says where runs can be started</source>
        <translation>Datei öffnen, die sagt, wo Läufe gestartet werden können</translation>
    </message>
    <message>
        <source>Launch profiles: %1</source>
        <translation>Startprofile: %1</translation>
    </message>
    <message>
        <source>Where the run is started: %1</source>
        <translation>Wo der Lauf gestartet wird: %1</translation>
    </message>
    <message>
        <source>The launch profiles stand in %1</source>
        <translation>Die Startprofile stehen in %1</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ProgressBarThin</name>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::PruneDialog</name>
    <message>
        <source>Router-weighted output</source>
        <translation>Router-gewichteter Ausgang</translation>
    </message>
    <message>
        <source>Experts go whose outputs, weighed by the router, are the smallest on average (REAP).</source>
        <translation>Es gehen die Experten, deren Ausgänge, vom Router gewichtet, im Mittel am kleinsten sind (REAP).</translation>
    </message>
    <message>
        <source>Usage</source>
        <translation>Nutzung</translation>
    </message>
    <message>
        <source>Experts go that the fewest tokens are sent to.</source>
        <translation>Es gehen die Experten, an die die wenigsten Tokens gehen.</translation>
    </message>
    <message>
        <source>Usage, and merge</source>
        <translation>Nutzung, mit Verschmelzen</translation>
    </message>
    <message>
        <source>The same, and each one that goes is averaged into the most similar one that stays.</source>
        <translation>Dasselbe, und jeder, der geht, wird in den ähnlichsten gemittelt, der bleibt.</translation>
    </message>
    <message>
        <source>Prune %1</source>
        <translation>%1 stutzen</translation>
    </message>
    <message>
        <source>Prune</source>
        <translation>Stutzen</translation>
    </message>
    <message>
        <source>Chosen by</source>
        <translation>Gewählt nach</translation>
    </message>
    <message>
        <source> of %1</source>
        <translation> von %1</translation>
    </message>
    <message>
        <source>Experts kept</source>
        <translation>Experten, die bleiben</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>File that the experts are measured on</source>
        <translation>Datei, an der die Experten gemessen werden</translation>
    </message>
    <message>
        <source>The experts are measured on up to 1,000 samples of this file</source>
        <translation>Die Experten werden an bis zu 1000 Beispielen dieser Datei gemessen</translation>
    </message>
    <message>
        <source>Measured on</source>
        <translation>Gemessen an</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Loss</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>Metrik</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Quality before and after</source>
        <translation>Güte vorher und nachher</translation>
    </message>
    <message>
        <source>on %1, before and after; nothing is written</source>
        <translation>an %1, vorher und nachher; nichts wird geschrieben</translation>
    </message>
    <message>
        <source>Cancel the preview</source>
        <translation>Vorschau abbrechen</translation>
    </message>
    <message>
        <source>Measuring the experts, then the model with and without them...</source>
        <translation>Die Experten werden gemessen, dann das Modell mit und ohne sie...</translation>
    </message>
    <message>
        <source>Preview the loss</source>
        <translation>Verlust vorab messen</translation>
    </message>
    <message>
        <source>The weights are %1 % smaller. A short training makes up for some of the loss.</source>
        <translation>Die Gewichte sind %1 % kleiner. Ein kurzes Training macht einen Teil des Verlusts wett.</translation>
    </message>
    <message>
        <source>Experts that stay</source>
        <translation>Experten, die bleiben</translation>
    </message>
    <message>
        <source>in each layer</source>
        <translation>in jeder Schicht</translation>
    </message>
    <message>
        <source>in all layers together</source>
        <translation>in allen Schichten zusammen</translation>
    </message>
    <message>
        <source>Layers that need fewer lose more</source>
        <translation>Schichten, die weniger brauchen, verlieren mehr</translation>
    </message>
    <message>
        <source>Counted</source>
        <translation>Gezählt</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::QueryHistory</name>
    <message>
        <source>, picture %1 %</source>
        <translation>, Bild %1 %</translation>
    </message>
    <message>
        <source>text and picture</source>
        <translation>Text und Bild</translation>
    </message>
    <message>
        <source>picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>text</source>
        <translation>Text</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::QueryListView</name>
    <message>
        <source>Queries</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Queries stand here, those of earlier sessions too.</source>
        <translation>Suchen stehen hier, auch die früherer Sitzungen.</translation>
    </message>
    <message>
        <source>Search again</source>
        <translation>Erneut suchen</translation>
    </message>
    <message>
        <source>Remove query</source>
        <translation>Suche entfernen</translation>
    </message>
    <message>
        <source>Remove all queries</source>
        <translation>Alle Suchen entfernen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::QueryPanel</name>
    <message>
        <source>Queries</source>
        <translation>Suchen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::QuestionCard</name>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Drop to ask about</source>
        <translation>Zum Fragen ablegen</translation>
    </message>
    <message>
        <source>Picture that is asked about</source>
        <translation>Bild, zu dem gefragt wird</translation>
    </message>
    <message>
        <source>Double-click to choose another one</source>
        <translation>Doppelklick wählt ein anderes</translation>
    </message>
    <message>
        <source>Choose another picture</source>
        <translation>Anderes Bild wählen</translation>
    </message>
    <message>
        <source>Take the picture away</source>
        <translation>Bild entfernen</translation>
    </message>
    <message>
        <source>Train configs/vqa.yaml</source>
        <translation>configs/vqa.yaml trainieren</translation>
    </message>
    <message>
        <source>Opens the configuration of a model that answers questions</source>
        <translation>Öffnet die Konfiguration eines Modells, das Fragen beantwortet</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>Answered while you type; Enter asks at once (Ctrl+F comes back here)</source>
        <translation>Antwort beim Tippen; Enter fragt sofort (Strg+F führt hierher zurück)</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>The text is longer than %1 letters; what goes beyond was left out</source>
        <translation>Der Text ist länger als %1 Buchstaben; was darüber hinausgeht, wurde weggelassen</translation>
    </message>
    <message>
        <source>Models read far fewer tokens than that</source>
        <translation>Modelle lesen weit weniger Token als das</translation>
    </message>
    <message>
        <source>The model answers questions about a picture.</source>
        <translation>Das Modell beantwortet Fragen zu einem Bild.</translation>
    </message>
    <message>
        <source>The model has several tasks.</source>
        <translation>Das Modell hat mehrere Aufgaben.</translation>
    </message>
    <message>
        <source>The model tells whether picture and text belong together. Answers to questions come from models that were trained for them.</source>
        <translation>Das Modell sagt, ob Bild und Text zusammengehören. Antworten auf Fragen geben Modelle, die dafür trainiert wurden.</translation>
    </message>
    <message>
        <source>First sentence</source>
        <translation>Erster Satz</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Ask something about the picture</source>
        <translation>Etwas zum Bild fragen</translation>
    </message>
    <message>
        <source>Type a text</source>
        <translation>Text eingeben</translation>
    </message>
    <message>
        <source>Sentence that may answer it</source>
        <translation>Satz, der sie beantworten könnte</translation>
    </message>
    <message>
        <source>Second sentence</source>
        <translation>Zweiter Satz</translation>
    </message>
    <message>
        <source>Type the second sentence</source>
        <translation>Zweiten Satz eingeben</translation>
    </message>
    <message>
        <source>Picture and text</source>
        <translation>Bild und Text</translation>
    </message>
    <message>
        <source>Sentences</source>
        <translation>Sätze</translation>
    </message>
    <message>
        <source>Sentence</source>
        <translation>Satz</translation>
    </message>
    <message>
        <source>What is asked</source>
        <translation>Was gefragt wird</translation>
    </message>
    <message>
        <source>The question is about a picture. Drop one on the page, paste it, or choose a file.</source>
        <translation>Die Frage gilt einem Bild. Eines auf der Seite ablegen, einfügen oder eine Datei wählen.</translation>
    </message>
    <message>
        <source>Drop a picture on the page, paste it, or choose a file.</source>
        <translation>Bild auf der Seite ablegen, einfügen oder eine Datei wählen.</translation>
    </message>
    <message>
        <source>Type a question about the picture.</source>
        <translation>Eine Frage zum Bild eingeben.</translation>
    </message>
    <message>
        <source>Type a text to compare the picture with.</source>
        <translation>Einen Text eingeben, mit dem das Bild verglichen wird.</translation>
    </message>
    <message>
        <source>Type a text.</source>
        <translation>Einen Text eingeben.</translation>
    </message>
    <message>
        <source>The task is about two sentences. Type the second one.</source>
        <translation>Die Aufgabe gilt zwei Sätzen. Den zweiten eingeben.</translation>
    </message>
    <message>
        <source>This model reads texts alone</source>
        <translation>Dieses Modell liest nur Texte</translation>
    </message>
    <message>
        <source>Choose a checkpoint that takes pictures at the top right</source>
        <translation>Oben rechts einen Checkpoint wählen, der Bilder nimmt</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::QueueBar</name>
    <message>
        <source>Runs at once</source>
        <translation>Läufe zugleich</translation>
    </message>
    <message>
        <source>Queued runs start while fewer runs of this folder than this are live</source>
        <translation>Eingereihte Läufe starten, solange weniger Läufe dieses Ordners laufen</translation>
    </message>
    <message>
        <source>at once</source>
        <translation>zugleich</translation>
    </message>
    <message>
        <source>%1 queued, held</source>
        <translation>%1 eingereiht, festgehalten</translation>
    </message>
    <message>
        <source>%1 queued</source>
        <translation>%1 eingereiht</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Hold</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Start queued runs again</source>
        <translation>Eingereihte Läufe wieder starten</translation>
    </message>
    <message>
        <source>Start no queued run until this is pressed again; live runs go on</source>
        <translation>Keinen eingereihten Lauf starten, bis dies erneut gedrückt wird; laufende gehen weiter</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RankChart</name>
    <message>
        <source>Memory and time by number of ranks</source>
        <translation>Speicher und Zeit nach Zahl der Ränge</translation>
    </message>
    <message>
        <source>Left and Right go over the points.</source>
        <translation>Links und Rechts gehen über die Punkte.</translation>
    </message>
    <message>
        <source> GiB</source>
        <translation> GiB</translation>
    </message>
    <message>
        <source> MiB</source>
        <translation> MiB</translation>
    </message>
    <message>
        <source>Peak of a rank</source>
        <translation>Spitze eines Rangs</translation>
    </message>
    <message>
        <source>Time of a step, estimated</source>
        <translation>Zeit eines Schritts, geschätzt</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RankMatrix</name>
    <message>
        <source>Tokens between ranks</source>
        <translation>Token zwischen Rängen</translation>
    </message>
    <message>
        <source>Arrow keys choose a cell. The data table in the menu holds the values.</source>
        <translation>Pfeiltasten wählen eine Zelle. Die Datentabelle im Menü enthält die Werte.</translation>
    </message>
    <message>
        <source>%1 to %2: %3 tokens, %4 % of what %1 sends</source>
        <translation>%1 an %2: %3 Token, %4 % dessen, was %1 sendet</translation>
    </message>
    <message>
        <source>%1 % leave their rank, step %2</source>
        <translation>%1 % verlassen ihren Rang, Schritt %2</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RankSection</name>
    <message>
        <source>Ranks</source>
        <translation>Ränge</translation>
    </message>
    <message>
        <source>Peak of a rank, bytes</source>
        <translation>Spitze eines Rangs, Bytes</translation>
    </message>
    <message>
        <source>Limit, bytes</source>
        <translation>Grenze, Bytes</translation>
    </message>
    <message>
        <source>Fits</source>
        <translation>Passt</translation>
    </message>
    <message>
        <source>Time of a step, s</source>
        <translation>Zeit eines Schritts, s</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>By number of ranks</source>
        <translation>Nach Zahl der Ränge</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>Rechner</translation>
    </message>
    <message>
        <source>Whose memory is the limit, and whose figures give the time of a step</source>
        <translation>Wessen Speicher die Grenze ist und wessen Zahlen die Zeit eines Schritts ergeben</translation>
    </message>
    <message>
        <source>This machine</source>
        <translation>Dieser Rechner</translation>
    </message>
    <message>
        <source>A profile ...</source>
        <translation>Ein Profil ...</translation>
    </message>
    <message>
        <source>Memory and time by number of ranks</source>
        <translation>Speicher und Zeit nach Zahl der Ränge</translation>
    </message>
    <message>
        <source>Beyond %1 ranks each has one sample: more than the batch of train.global_batch.</source>
        <translation>Über %1 Ränge hat jeder ein Beispiel: mehr als der Batch von train.global_batch.</translation>
    </message>
    <message>
        <source>Times are an estimate from the figures of %1.</source>
        <translation>Zeiten sind eine Schätzung aus den Zahlen von %1.</translation>
    </message>
    <message>
        <source>Hardware profile</source>
        <translation>Hardwareprofil</translation>
    </message>
    <message>
        <source>Profiles (*.yaml *.yml)</source>
        <translation>Profile (*.yaml *.yml)</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RecordPage</name>
    <message>
        <source>No run selected</source>
        <translation>Kein Lauf gewählt</translation>
    </message>
    <message>
        <source>Choose a run in the list at the left, or start one.</source>
        <translation>Links in der Liste einen Lauf wählen oder einen starten.</translation>
    </message>
    <message>
        <source>Configure a run</source>
        <translation>Lauf konfigurieren</translation>
    </message>
    <message>
        <source>Reading the record</source>
        <translation>Aufzeichnung wird gelesen</translation>
    </message>
    <message>
        <source>The record can not be read</source>
        <translation>Die Aufzeichnung ist nicht lesbar</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>%1 of %2 steps</source>
        <translation>%1 von %2 Schritten</translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation>%1 Schritte</translation>
    </message>
    <message>
        <source>No records yet</source>
        <translation>Noch keine Aufzeichnungen</translation>
    </message>
    <message>
        <source>The first values appear with the first step.</source>
        <translation>Die ersten Werte erscheinen mit dem ersten Schritt.</translation>
    </message>
    <message>
        <source>This run has ended before its first step. The Run page tells why.</source>
        <translation>Dieser Lauf endete vor seinem ersten Schritt. Die Seite Lauf sagt, warum.</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ResultsView</name>
    <message>
        <source>matching head</source>
        <translation>Matching-Kopf</translation>
    </message>
    <message>
        <source>dual encoder</source>
        <translation>Dual-Encoder</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel the search</source>
        <translation>Suche abbrechen</translation>
    </message>
    <message>
        <source>Pictures found</source>
        <translation>Gefundene Bilder</translation>
    </message>
    <message>
        <source>Texts found</source>
        <translation>Gefundene Texte</translation>
    </message>
    <message>
        <source>Picture searched with</source>
        <translation>Bild, mit dem gesucht wird</translation>
    </message>
    <message>
        <source>The dual encoder&apos;s bars end at %1</source>
        <translation>Die Balken des Dual-Encoders enden bei %1</translation>
    </message>
    <message>
        <source>Searching</source>
        <translation>Suche läuft</translation>
    </message>
    <message>
        <source>of %1 in %2</source>
        <translation>von %1 in %2</translation>
    </message>
    <message>
        <source>of %1 pictures in %2</source>
        <translation>von %1 Bildern in %2</translation>
    </message>
    <message>
        <source>, %1 alike folded</source>
        <translation>, %1 ähnliche gefaltet</translation>
    </message>
    <message>
        <source>, re-ranked in %1</source>
        <translation>, neu sortiert in %1</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RetrievalPage</name>
    <message>
        <source>Copied the scores of %1</source>
        <translation>Scores von %1 kopiert</translation>
    </message>
    <message>
        <source>The index of %1 was built in %2</source>
        <translation>Der Index von %1 wurde in %2 gebaut</translation>
    </message>
    <message>
        <source>The demo pictures were imported into %1</source>
        <translation>Die Demobilder wurden nach %1 importiert</translation>
    </message>
    <message>
        <source>Pictures with captions (JSON Lines)…</source>
        <translation>Bilder mit Beschriftungen (JSON Lines)…</translation>
    </message>
    <message>
        <source>A folder of pictures…</source>
        <translation>Ein Ordner mit Bildern…</translation>
    </message>
    <message>
        <source>Next index: exact up to a million vectors</source>
        <translation>Nächster Index: exakt bis zu einer Million Vektoren</translation>
    </message>
    <message>
        <source>Next index: exact</source>
        <translation>Nächster Index: exakt</translation>
    </message>
    <message>
        <source>Next index: graph (HNSW)</source>
        <translation>Nächster Index: Graph (HNSW)</translation>
    </message>
    <message>
        <source>Choose a folder of pictures</source>
        <translation>Ordner mit Bildern wählen</translation>
    </message>
    <message>
        <source>Choose pictures with captions</source>
        <translation>Bilder mit Beschriftungen wählen</translation>
    </message>
    <message>
        <source>Pictures with captions (%1)</source>
        <translation>Bilder mit Beschriftungen (%1)</translation>
    </message>
    <message>
        <source>Choose a picture to search with</source>
        <translation>Bild zum Suchen wählen</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>Checkpoint</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RouteBars</name>
    <message>
        <source>Load of each expert</source>
        <translation>Last jedes Experten</translation>
    </message>
    <message>
        <source>Left and Right choose an expert. The data table in the menu holds the values.</source>
        <translation>Links und Rechts wählen einen Experten. Die Datentabelle im Menü enthält die Werte.</translation>
    </message>
    <message>
        <source>%1: %2 × fair share; %3 text, %4 image</source>
        <translation>%1: %2 × fairer Anteil; %3 Text, %4 Bild</translation>
    </message>
    <message>
        <source>; line: %1 × fair share</source>
        <translation>; Linie: %1 × fairer Anteil</translation>
    </message>
    <message>
        <source>; %1 dropped</source>
        <translation>; %1 verworfen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RouteDetail</name>
    <message>
        <source>Selected token or patch</source>
        <translation>Gewähltes Token oder gewählter Patch</translation>
    </message>
    <message>
        <source>Choose a token or a patch to see its likeliest experts.</source>
        <translation>Ein Token oder einen Patch wählen, um seine wahrscheinlichsten Experten zu sehen.</translation>
    </message>
    <message>
        <source>Likeliest experts</source>
        <translation>Wahrscheinlichste Experten</translation>
    </message>
    <message>
        <source>Token %1</source>
        <translation>Token %1</translation>
    </message>
    <message>
        <source>id %1</source>
        <translation>Id %1</translation>
    </message>
    <message>
        <source>Patch</source>
        <translation>Patch</translation>
    </message>
    <message>
        <source>row %1, column %2</source>
        <translation>Zeile %1, Spalte %2</translation>
    </message>
    <message>
        <source>entropy %1 bits</source>
        <translation>Entropie %1 Bit</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RoutesBeside</name>
    <message>
        <source>Routing beside the query&apos;s</source>
        <translation>Routing neben dem der Suche</translation>
    </message>
    <message>
        <source>Show which experts take query and hit</source>
        <translation>Zeigen, welche Experten Suche und Treffer nehmen</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Sum over the experts of the smaller of both shares: 1 = the same experts, 0 = none in common</source>
        <translation>Summe über die Experten des kleineren beider Anteile: 1 = dieselben Experten, 0 = keine gemeinsam</translation>
    </message>
    <message>
        <source>Asking the model</source>
        <translation>Modell wird gefragt</translation>
    </message>
    <message>
        <source>Neither of them passes a layer with experts</source>
        <translation>Keines von beiden durchläuft eine Schicht mit Experten</translation>
    </message>
    <message>
        <source>sees only the hit</source>
        <translation>sieht nur den Treffer</translation>
    </message>
    <message>
        <source>sees only the query</source>
        <translation>sieht nur die Suche</translation>
    </message>
    <message>
        <source>overlap %1</source>
        <translation>Überlappung %1</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RoutingExports</name>
    <message>
        <source>Expert %1</source>
        <translation>Experte %1</translation>
    </message>
    <message>
        <source>Weight %1</source>
        <translation>Gewicht %1</translation>
    </message>
    <message>
        <source>Probability %1</source>
        <translation>Wahrscheinlichkeit %1</translation>
    </message>
    <message>
        <source>Dropped %1</source>
        <translation>Verworfen %1</translation>
    </message>
    <message>
        <source>Entropy, bits</source>
        <translation>Entropie, Bit</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Piece</source>
        <translation>Stück</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Id</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>Spalte</translation>
    </message>
    <message>
        <source>Expert</source>
        <translation>Experte</translation>
    </message>
    <message>
        <source>Text tokens</source>
        <translation>Text-Token</translation>
    </message>
    <message>
        <source>Patches</source>
        <translation>Patches</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>Verworfen</translation>
    </message>
    <message>
        <source>Load over fair share</source>
        <translation>Last zu fairem Anteil</translation>
    </message>
    <message>
        <source>%1: choices</source>
        <translation>%1: Zuweisungen</translation>
    </message>
    <message>
        <source>%1: dropped</source>
        <translation>%1: verworfen</translation>
    </message>
    <message>
        <source>%1: load over fair share</source>
        <translation>%1: Last zu fairem Anteil</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>patches</source>
        <translation>Patches</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>Exported %1</source>
        <translation>%1 exportiert</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RoutingPage</name>
    <message>
        <source>No checkpoint yet</source>
        <translation>Noch kein Checkpoint</translation>
    </message>
    <message>
        <source>Routing is read from a trained model. Start a run that writes checkpoints, or open a model folder at the top right.</source>
        <translation>Routing wird aus einem trainierten Modell gelesen. Einen Lauf starten, der Checkpoints schreibt, oder oben rechts einen Modellordner öffnen.</translation>
    </message>
    <message>
        <source>Open Configure</source>
        <translation>Konfiguration öffnen</translation>
    </message>
    <message>
        <source>No sample chosen</source>
        <translation>Kein Beispiel gewählt</translation>
    </message>
    <message>
        <source>Type a text at the left, drop an image, or choose a row of the evaluation data.</source>
        <translation>Links einen Text eingeben, ein Bild ablegen oder eine Zeile der Evaluationsdaten wählen.</translation>
    </message>
    <message>
        <source>This sample could not be traced</source>
        <translation>Dieses Beispiel ließ sich nicht verfolgen</translation>
    </message>
    <message>
        <source>The message above says why. Others can still be chosen at the left.</source>
        <translation>Die Meldung oben sagt, warum. Links lassen sich weiterhin andere wählen.</translation>
    </message>
    <message>
        <source>Tracing the sample</source>
        <translation>Beispiel wird verfolgt</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>Checkpoint</translation>
    </message>
    <message>
        <source>Open a checkpoint or model folder</source>
        <translation>Checkpoint oder Modellordner öffnen</translation>
    </message>
    <message>
        <source>Copied the table of expert %1</source>
        <translation>Tabelle des Experten %1 kopiert</translation>
    </message>
    <message>
        <source>Choose a picture to trace</source>
        <translation>Bild zum Verfolgen wählen</translation>
    </message>
    <message>
        <source>Choose a checkpoint or model folder</source>
        <translation>Checkpoint oder Modellordner wählen</translation>
    </message>
    <message>
        <source>Removed “%1”</source>
        <translation>„%1“ entfernt</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>There is no checkpoint yet.</source>
        <translation>Es gibt noch keinen Checkpoint.</translation>
    </message>
    <message>
        <source>Reading the evaluation data.</source>
        <translation>Evaluationsdaten werden gelesen.</translation>
    </message>
    <message>
        <source>first %1 of %2, %3</source>
        <translation>erste %1 von %2, %3</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>The model&apos;s config names no evaluation data (data.eval). Type a text or drop an image below.</source>
        <translation>Die Konfiguration des Modells nennt keine Evaluationsdaten (data.eval). Unten einen Text eingeben oder ein Bild ablegen.</translation>
    </message>
    <message>
        <source>%1 has no rows.</source>
        <translation>%1 hat keine Zeilen.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>No experts on this sample&apos;s way</source>
        <translation>Keine Experten auf dem Weg dieses Beispiels</translation>
    </message>
    <message>
        <source>None of the layers that it passes has experts, so there is no routing to show. Samples with a text and a picture pass the fusion layers as well.</source>
        <translation>Keine der Schichten, die es durchläuft, hat Experten; es gibt kein Routing zu zeigen. Beispiele mit Text und Bild durchlaufen auch die Fusionsschichten.</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RoutingView</name>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>filled: first choice, line: its weight</source>
        <translation>gefüllt: erste Wahl, Linie: ihr Gewicht</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Top 1</source>
        <translation>Top 1</translation>
    </message>
    <message>
        <source>One expert</source>
        <translation>Experte</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>Entropie</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>Verworfen</translation>
    </message>
    <message>
        <source>What lies on the picture</source>
        <translation>Was auf dem Bild liegt</translation>
    </message>
    <message>
        <source>Strength of the overlay</source>
        <translation>Stärke der Überlagerung</translation>
    </message>
    <message>
        <source>How much of the picture shows through</source>
        <translation>Wie viel vom Bild durchscheint</translation>
    </message>
    <message>
        <source>Overlay</source>
        <translation>Überlagerung</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 Token</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
    <message>
        <source>corner: goes elsewhere; line: first one&apos;s weight</source>
        <translation>Ecke: geht anderswohin; Linie: Gewicht der ersten</translation>
    </message>
    <message>
        <source>%1; %2 sees the picture alone</source>
        <translation>%1; %2 sieht nur das Bild</translation>
    </message>
    <message>
        <source>first %1: the model reads no more</source>
        <translation>erste %1: Mehr liest das Modell nicht</translation>
    </message>
    <message>
        <source>%1 × %1 patches, %2</source>
        <translation>%1 × %1 Patches, %2</translation>
    </message>
    <message>
        <source>%1 sees the text alone. Choose a vision or fusion layer to see where patches go.</source>
        <translation>%1 sieht nur den Text. Eine Vision- oder Fusionsschicht wählen, um zu sehen, wohin Patches gehen.</translation>
    </message>
    <message>
        <source>Choose an expert by a patch, a token or a bar.</source>
        <translation>Einen Experten über einen Patch, ein Token oder einen Balken wählen.</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RunCommands</name>
    <message>
        <source>Pause</source>
        <translation>Pausieren</translation>
    </message>
    <message>
        <source>Save checkpoint</source>
        <translation>Checkpoint speichern</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Kill</source>
        <translation>Abbrechen (kill)</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Start now</source>
        <translation>Jetzt starten</translation>
    </message>
    <message>
        <source>Move up in the queue</source>
        <translation>In der Warteschlange nach oben</translation>
    </message>
    <message>
        <source>Move down in the queue</source>
        <translation>In der Warteschlange nach unten</translation>
    </message>
    <message>
        <source>Remove from queue</source>
        <translation>Aus der Warteschlange nehmen</translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>In den Papierkorb</translation>
    </message>
    <message>
        <source>Edit config</source>
        <translation>Konfiguration bearbeiten</translation>
    </message>
    <message>
        <source>Open run folder</source>
        <translation>Ordner des Laufs öffnen</translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation>Befehl kopieren</translation>
    </message>
    <message>
        <source>Resumed %1</source>
        <translation>%1 fortgesetzt</translation>
    </message>
    <message>
        <source>No run is selected</source>
        <translation>Kein Lauf ist gewählt</translation>
    </message>
    <message>
        <source>%1 is off: the run is not live</source>
        <translation>%1 ist aus: Der Lauf ist nicht am Laufen</translation>
    </message>
    <message>
        <source>Save a checkpoint, then stop</source>
        <translation>Einen Checkpoint speichern, dann anhalten</translation>
    </message>
    <message>
        <source>Stop is off: the run is stopping already</source>
        <translation>Anhalten ist aus: Der Lauf hält schon an</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Fortfahren</translation>
    </message>
    <message>
        <source>%1 is off: the run is starting or stopping</source>
        <translation>%1 ist aus: Der Lauf startet oder hält an</translation>
    </message>
    <message>
        <source>Train on from this step</source>
        <translation>Ab diesem Schritt weitertrainieren</translation>
    </message>
    <message>
        <source>Hold after the step that is being computed; memory stays in use</source>
        <translation>Nach dem laufenden Schritt innehalten; der Speicher bleibt belegt</translation>
    </message>
    <message>
        <source>Save a checkpoint of this step and train on</source>
        <translation>Einen Checkpoint dieses Schritts speichern und weitertrainieren</translation>
    </message>
    <message>
        <source>End all processes at once; steps since the last checkpoint are lost</source>
        <translation>Alle Prozesse sofort beenden; Schritte seit dem letzten Checkpoint gehen verloren</translation>
    </message>
    <message>
        <source>Move the run&apos;s folder to the trash; this can be undone</source>
        <translation>Den Ordner des Laufs in den Papierkorb legen; es lässt sich rückgängig machen</translation>
    </message>
    <message>
        <source>Move to trash is off: the run is live</source>
        <translation>In den Papierkorb ist aus: Der Lauf ist am Laufen</translation>
    </message>
    <message>
        <source>Go on from the newest checkpoint</source>
        <translation>Vom neuesten Checkpoint weitermachen</translation>
    </message>
    <message>
        <source>Resume is off: the run is going on</source>
        <translation>Fortsetzen ist aus: Der Lauf geht noch</translation>
    </message>
    <message>
        <source>Resume is off: the run is complete</source>
        <translation>Fortsetzen ist aus: Der Lauf ist vollständig</translation>
    </message>
    <message>
        <source>Resume is off: the run waits in the queue</source>
        <translation>Fortsetzen ist aus: Der Lauf wartet in der Warteschlange</translation>
    </message>
    <message>
        <source>Resume is off: the run&apos;s config can not be read</source>
        <translation>Fortsetzen ist aus: Die Konfiguration des Laufs ist nicht lesbar</translation>
    </message>
    <message>
        <source>A run is being started</source>
        <translation>Ein Lauf wird gerade gestartet</translation>
    </message>
    <message>
        <source>Resume from step %1</source>
        <translation>Ab Schritt %1 fortsetzen</translation>
    </message>
    <message>
        <source>Copy the command line of this run</source>
        <translation>Befehlszeile dieses Laufs kopieren</translation>
    </message>
    <message>
        <source>The command of this run was not recorded</source>
        <translation>Der Befehl dieses Laufs wurde nicht aufgezeichnet</translation>
    </message>
    <message>
        <source>This run was started by another launcher (torchrun, srun, mpirun): control it there</source>
        <translation>Dieser Lauf wurde von einem anderen Starter gestartet (torchrun, srun, mpirun): dort steuern</translation>
    </message>
    <message>
        <source>This run is on %1: control it there</source>
        <translation>Dieser Lauf ist auf %1: dort steuern</translation>
    </message>
    <message>
        <source>The run is not in the queue</source>
        <translation>Der Lauf ist nicht in der Warteschlange</translation>
    </message>
    <message>
        <source>Start it without waiting for the others</source>
        <translation>Ihn starten, ohne auf die anderen zu warten</translation>
    </message>
    <message>
        <source>It is not started; its folder goes to the trash, unless it has trained before</source>
        <translation>Er wird nicht gestartet; sein Ordner kommt in den Papierkorb, falls er nicht schon trainiert hat</translation>
    </message>
    <message>
        <source>Start it one place earlier</source>
        <translation>Ihn einen Platz früher starten</translation>
    </message>
    <message>
        <source>The run is the next one</source>
        <translation>Der Lauf ist der nächste</translation>
    </message>
    <message>
        <source>Start it one place later</source>
        <translation>Ihn einen Platz später starten</translation>
    </message>
    <message>
        <source>The run is the last one</source>
        <translation>Der Lauf ist der letzte</translation>
    </message>
    <message>
        <source>%1 goes on</source>
        <translation>%1 geht weiter</translation>
    </message>
    <message>
        <source>%1 is paused</source>
        <translation>%1 ist pausiert</translation>
    </message>
    <message>
        <source>%1 saves a checkpoint</source>
        <translation>%1 speichert einen Checkpoint</translation>
    </message>
    <message>
        <source>Kill run</source>
        <translation>Lauf abbrechen</translation>
    </message>
    <message>
        <source>Kill %1 now? Steps since its last checkpoint are lost.</source>
        <translation>%1 jetzt abbrechen? Schritte seit dem letzten Checkpoint gehen verloren.</translation>
    </message>
    <message>
        <source>Keep it running</source>
        <translation>Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>The run&apos;s config can not be read (%1).</source>
        <translation>Die Konfiguration des Laufs ist nicht lesbar (%1).</translation>
    </message>
    <message>
        <source>Take it out of the queue of %1</source>
        <translation>Aus der Warteschlange von %1 nehmen</translation>
    </message>
    <message>
        <source>%1 is off: a run on %2 is stopped, which saves a checkpoint, and resumed</source>
        <translation>%1 ist aus: Ein Lauf auf %2 wird gestoppt, was einen Checkpoint sichert, und fortgesetzt</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RunDifferencesModel</name>
    <message>
        <source>not readable</source>
        <translation>nicht lesbar</translation>
    </message>
    <message>
        <source>(empty)</source>
        <translation>(leer)</translation>
    </message>
    <message>
        <source>Configuration: no key differs</source>
        <translation>Konfiguration: kein Schlüssel weicht ab</translation>
    </message>
    <message>
        <source>Configuration: 1 key differs</source>
        <translation>Konfiguration: 1 Schlüssel weicht ab</translation>
    </message>
    <message>
        <source>Configuration: %1 keys differ</source>
        <translation>Konfiguration: %1 Schlüssel weichen ab</translation>
    </message>
    <message>
        <source>Final values</source>
        <translation>Endwerte</translation>
    </message>
    <message>
        <source>last step</source>
        <translation>letzter Schritt</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Schlüssel</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RunInspector</name>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>Inspector of the run</source>
        <translation>Inspektor des Laufs</translation>
    </message>
    <message>
        <source>Likely cause</source>
        <translation>Wahrscheinliche Ursache</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>the same run from a terminal</source>
        <translation>derselbe Lauf von einem Terminal</translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation>Den Befehl kopieren</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Ranks</source>
        <translation>Ränge</translation>
    </message>
    <message>
        <source>No tags</source>
        <translation>Keine Tags</translation>
    </message>
    <message>
        <source>Tags: %1</source>
        <translation>Tags: %1</translation>
    </message>
    <message>
        <source>The config can not be read.</source>
        <translation>Die Konfiguration ist nicht lesbar.</translation>
    </message>
    <message>
        <source>supervisor   pid %1</source>
        <translation>Supervisor   pid %1</translation>
    </message>
    <message>
        <source>rank %1   pid %2</source>
        <translation>Rang %1   pid %2</translation>
    </message>
    <message>
        <source>on %1</source>
        <translation>auf %1</translation>
    </message>
    <message>
        <source>Started by another launcher; its processes are not known.</source>
        <translation>Von einem anderen Starter gestartet; seine Prozesse sind nicht bekannt.</translation>
    </message>
    <message>
        <source>This run was not started yet.</source>
        <translation>Dieser Lauf wurde noch nicht gestartet.</translation>
    </message>
    <message>
        <source>not recorded</source>
        <translation>nicht aufgezeichnet</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RunListModel</name>
    <message>
        <source>Tags: %1</source>
        <translation>Tags: %1</translation>
    </message>
    <message>
        <source>%1, %2, %3, loss %4</source>
        <translation>%1, %2, %3, Loss %4</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RunListPanel</name>
    <message>
        <source>Name, tag, key=value</source>
        <translation>Name, Tag, Schlüssel=Wert</translation>
    </message>
    <message>
        <source>Words in name, tags, note or state; tag:glue; experts=64 lr&lt;1e-3. The i shows all there is.</source>
        <translation>Wörter in Name, Tags, Notiz oder Zustand; tag:glue; experts=64 lr&lt;1e-3. Das i zeigt alles, was es gibt.</translation>
    </message>
    <message>
        <source>Search runs</source>
        <translation>Läufe suchen</translation>
    </message>
    <message>
        <source>How to search runs</source>
        <translation>Wie Läufe gesucht werden</translation>
    </message>
    <message>
        <source>Filter runs by state, tag or config value</source>
        <translation>Läufe nach Zustand, Tag oder Konfigurationswert filtern</translation>
    </message>
    <message>
        <source>Sort runs</source>
        <translation>Läufe sortieren</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>No runs yet</source>
        <translation>Noch keine Läufe</translation>
    </message>
    <message>
        <source>The smoke config needs no data and takes some seconds.</source>
        <translation>Die Smoke-Konfiguration braucht keine Daten und einige Sekunden.</translation>
    </message>
    <message>
        <source>Run the smoke config</source>
        <translation>Smoke-Konfiguration starten</translation>
    </message>
    <message>
        <source>No run fits</source>
        <translation>Kein Lauf passt</translation>
    </message>
    <message>
        <source>Change the search words or the filter.</source>
        <translation>Suchwörter oder Filter ändern.</translation>
    </message>
    <message>
        <source>Show all runs</source>
        <translation>Alle Läufe zeigen</translation>
    </message>
    <message>
        <source>%1 is in the trash.</source>
        <translation>%1 liegt im Papierkorb.</translation>
    </message>
    <message>
        <source>%1 runs are in the trash.</source>
        <translation>%1 Läufe liegen im Papierkorb.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Edit note</source>
        <translation>Notiz bearbeiten</translation>
    </message>
    <message>
        <source>Copy folder paths</source>
        <translation>Ordnerpfade kopieren</translation>
    </message>
    <message>
        <source>Copy folder path</source>
        <translation>Ordnerpfad kopieren</translation>
    </message>
    <message>
        <source>Move %1 runs to trash</source>
        <translation>%1 Läufe in den Papierkorb</translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>In den Papierkorb</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::RunPage</name>
    <message>
        <source>No run is selected</source>
        <translation>Kein Lauf ist gewählt</translation>
    </message>
    <message>
        <source>Choose one at the left, or start one from a config.</source>
        <translation>Links einen wählen oder einen aus einer Konfiguration starten.</translation>
    </message>
    <message>
        <source>Open Configure</source>
        <translation>Konfiguration öffnen</translation>
    </message>
    <message>
        <source>planned %1</source>
        <translation>geplant %1</translation>
    </message>
    <message>
        <source>largest rank</source>
        <translation>größter Rang</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>Failing rank</source>
        <translation>Gescheiterter Rang</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>pid %1</source>
        <translation>pid %1</translation>
    </message>
    <message>
        <source>Signal</source>
        <translation>Signal</translation>
    </message>
    <message>
        <source>Exit code</source>
        <translation>Exit-Code</translation>
    </message>
    <message>
        <source>%1 (SIG%2)</source>
        <translation>%1 (SIG%2)</translation>
    </message>
    <message>
        <source>sent from outside</source>
        <translation>von außen gesandt</translation>
    </message>
    <message>
        <source>Last loss</source>
        <translation>Letzter Loss</translation>
    </message>
    <message>
        <source>at step %1</source>
        <translation>bei Schritt %1</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>Spitzenspeicher</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Loss</translation>
    </message>
    <message>
        <source>total, newest step</source>
        <translation>gesamt, neuester Schritt</translation>
    </message>
    <message>
        <source>Throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>samples a second</source>
        <translation>Beispiele je Sekunde</translation>
    </message>
    <message>
        <source>Step time</source>
        <translation>Schrittzeit</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>newest step</source>
        <translation>neuester Schritt</translation>
    </message>
    <message>
        <source>Last checkpoint</source>
        <translation>Letzter Checkpoint</translation>
    </message>
    <message>
        <source>complete</source>
        <translation>vollständig</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>noch keiner</translation>
    </message>
    <message>
        <source>none was saved</source>
        <translation>keiner wurde gespeichert</translation>
    </message>
    <message>
        <source>The report of %1 is on the clipboard</source>
        <translation>Der Bericht von %1 ist in der Zwischenablage</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::SampleListModel</name>
    <message>
        <source>1 token</source>
        <translation>1 Token</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
    <message>
        <source>%1 patches</source>
        <translation>%1 Patches</translation>
    </message>
    <message>
        <source>%1 dropped</source>
        <translation>%1 verworfen</translation>
    </message>
    <message>
        <source>could not be traced</source>
        <translation>ließ sich nicht verfolgen</translation>
    </message>
    <message>
        <source>not traced yet</source>
        <translation>noch nicht verfolgt</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::SampleListView</name>
    <message>
        <source>Samples</source>
        <translation>Beispiele</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::SamplePanel</name>
    <message>
        <source>Samples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>Evaluation</translation>
    </message>
    <message>
        <source>Probe set</source>
        <translation>Probe</translation>
    </message>
    <message>
        <source>My samples</source>
        <translation>Eigene</translation>
    </message>
    <message>
        <source>Which samples</source>
        <translation>Welche Beispiele</translation>
    </message>
    <message>
        <source>Samples you keep stand here. Type a text below or drop an image, then press Enter.</source>
        <translation>Behaltene Beispiele stehen hier. Unten einen Text eingeben oder ein Bild ablegen, dann Enter drücken.</translation>
    </message>
    <message>
        <source>New sample</source>
        <translation>Neues Beispiel</translation>
    </message>
    <message>
        <source>Keep sample</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Type a text</source>
        <translation>Text eingeben</translation>
    </message>
    <message>
        <source>Text of a new sample</source>
        <translation>Text eines neuen Beispiels</translation>
    </message>
    <message>
        <source>Traced while you type; Enter keeps it under My samples</source>
        <translation>Wird beim Tippen verfolgt; Enter behält es unter Eigene</translation>
    </message>
    <message>
        <source>Drop to trace</source>
        <translation>Zum Verfolgen ablegen</translation>
    </message>
    <message>
        <source>Picture of the new sample</source>
        <translation>Bild des neuen Beispiels</translation>
    </message>
    <message>
        <source>Take the picture away</source>
        <translation>Bild entfernen</translation>
    </message>
    <message>
        <source>The text is longer than %1 characters; what goes beyond was left out</source>
        <translation>Der Text ist länger als %1 Zeichen; was darüber hinausgeht, wurde weggelassen</translation>
    </message>
    <message>
        <source>Models read far fewer tokens than that</source>
        <translation>Modelle lesen weit weniger Token als das</translation>
    </message>
    <message>
        <source>Type a text or drop an image first</source>
        <translation>Erst einen Text eingeben oder ein Bild ablegen</translation>
    </message>
    <message>
        <source>Keep it under My samples (Enter)</source>
        <translation>Unter Eigene behalten (Enter)</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::SearchBar</name>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Re-rank with the matching head</source>
        <translation>Mit dem Matching-Kopf neu sortieren</translation>
    </message>
    <message>
        <source>Re-rank</source>
        <translation>Neu sortieren</translation>
    </message>
    <message>
        <source>Describe a picture</source>
        <translation>Ein Bild beschreiben</translation>
    </message>
    <message>
        <source>What to search for</source>
        <translation>Wonach gesucht wird</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Text to image</source>
        <translation>Text zu Bild</translation>
    </message>
    <message>
        <source>Image to text</source>
        <translation>Bild zu Text</translation>
    </message>
    <message>
        <source>Image to image</source>
        <translation>Bild zu Bild</translation>
    </message>
    <message>
        <source>Kind of search</source>
        <translation>Art der Suche</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Hits to show</source>
        <translation>Gezeigte Treffer</translation>
    </message>
    <message>
        <source>The matching head judges the 50 best of the dual encoder again, text and picture together</source>
        <translation>Der Matching-Kopf beurteilt die 50 besten des Dual-Encoders erneut, Text und Bild zusammen</translation>
    </message>
    <message>
        <source>Fold alike</source>
        <translation>Ähnliche falten</translation>
    </message>
    <message>
        <source>Fold pictures alike into one hit</source>
        <translation>Ähnliche Bilder zu einem Treffer falten</translation>
    </message>
    <message>
        <source>Pictures that are nearly the same count as one hit; the hit&apos;s panel shows them all</source>
        <translation>Fast gleiche Bilder zählen als ein Treffer; das Feld des Treffers zeigt sie alle</translation>
    </message>
    <message>
        <source>Type what to search for, or drop an image</source>
        <translation>Eingeben, wonach gesucht wird, oder ein Bild ablegen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::SearchHelp</name>
    <message>
        <source>How to search runs</source>
        <translation>Wie Läufe gesucht werden</translation>
    </message>
    <message>
        <source>both words in the name, a tag, the note or the state</source>
        <translation>beide Wörter in Name, Tag, Notiz oder Zustand</translation>
    </message>
    <message>
        <source>these words in this order</source>
        <translation>diese Wörter in dieser Reihenfolge</translation>
    </message>
    <message>
        <source>not this word</source>
        <translation>nicht dieses Wort</translation>
    </message>
    <message>
        <source>a tag of exactly this name; also name: and note:</source>
        <translation>ein Tag mit genau diesem Namen; auch name: und note:</translation>
    </message>
    <message>
        <source>one of these states</source>
        <translation>einer dieser Zustände</translation>
    </message>
    <message>
        <source>a value of the config; the end of the key is enough</source>
        <translation>ein Konfigurationswert; das Ende des Schlüssels genügt</translation>
    </message>
    <message>
        <source>also != &lt;= &gt; &gt;=, and step or loss</source>
        <translation>auch != &lt;= &gt; &gt;=, und step oder loss</translation>
    </message>
    <message>
        <source>* stands for anything</source>
        <translation>* steht für Beliebiges</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::SectionHead</name>
    <message>
        <source>1 error</source>
        <translation>1 Fehler</translation>
    </message>
    <message>
        <source>%1 errors</source>
        <translation>%1 Fehler</translation>
    </message>
    <message>
        <source>1 warning</source>
        <translation>1 Warnung</translation>
    </message>
    <message>
        <source>%1 warnings</source>
        <translation>%1 Warnungen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::ShareBars</name>
    <message>
        <source>Experts of query and hit</source>
        <translation>Experten von Suche und Treffer</translation>
    </message>
    <message>
        <source>E%1: %2 of the query, %3 of the hit</source>
        <translation>E%1: %2 der Suche, %3 des Treffers</translation>
    </message>
    <message>
        <source>Query</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Hit</source>
        <translation>Treffer</translation>
    </message>
    <message>
        <source>and %1 more experts</source>
        <translation>und %1 weitere Experten</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::SideDock</name>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Folder of runs</source>
        <translation>Ordner der Läufe</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>Neuer Lauf</translation>
    </message>
    <message>
        <source>Open Configure to start a run</source>
        <translation>Konfiguration öffnen, um einen Lauf zu starten</translation>
    </message>
    <message>
        <source>Choose folder...</source>
        <translation>Ordner wählen...</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::SortMenu</name>
    <message>
        <source>Newest first</source>
        <translation>Neueste zuerst</translation>
    </message>
    <message>
        <source>Last changed first</source>
        <translation>Zuletzt geänderte zuerst</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>Nach Name</translation>
    </message>
    <message>
        <source>Lowest loss first</source>
        <translation>Kleinster Loss zuerst</translation>
    </message>
    <message>
        <source>Most progress first</source>
        <translation>Größter Fortschritt zuerst</translation>
    </message>
    <message>
        <source>By state</source>
        <translation>Nach Zustand</translation>
    </message>
    <message>
        <source>By config value</source>
        <translation>Nach Konfigurationswert</translation>
    </message>
    <message>
        <source>Reversed</source>
        <translation>Umgekehrt</translation>
    </message>
    <message>
        <source>No config key differs between the runs</source>
        <translation>Kein Konfigurationsschlüssel unterscheidet die Läufe</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::StartControl</name>
    <message>
        <source>Start run</source>
        <translation>Lauf starten</translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation>Einreihen</translation>
    </message>
    <message>
        <source>1 error</source>
        <translation>1 Fehler</translation>
    </message>
    <message>
        <source>%1 errors</source>
        <translation>%1 Fehler</translation>
    </message>
    <message>
        <source>1 warning</source>
        <translation>1 Warnung</translation>
    </message>
    <message>
        <source>%1 warnings</source>
        <translation>%1 Warnungen</translation>
    </message>
    <message>
        <source>Go to the next one (F8)</source>
        <translation>Zum nächsten (F8)</translation>
    </message>
    <message>
        <source>Train with this text as it stands</source>
        <translation>Mit diesem Text trainieren, wie er dasteht</translation>
    </message>
    <message>
        <source>Start run is off: a run is being started</source>
        <translation>Lauf starten ist aus: Ein Lauf wird gerade gestartet</translation>
    </message>
    <message>
        <source>Start run is off: no configuration has been read yet</source>
        <translation>Lauf starten ist aus: Noch wurde keine Konfiguration gelesen</translation>
    </message>
    <message>
        <source>Start run is off, because of line %1: %2</source>
        <translation>Lauf starten ist aus, wegen Zeile %1: %2</translation>
    </message>
    <message>
        <source>Start run is off: %1</source>
        <translation>Lauf starten ist aus: %1</translation>
    </message>
    <message>
        <source>Start it after the runs that are live or wait already; later edits do not change it</source>
        <translation>Nach den Läufen starten, die schon laufen oder warten; spätere Änderungen wirken nicht darauf</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Startet</translation>
    </message>
    <message>
        <source>%1 waits in the queue</source>
        <translation>%1 wartet in der Warteschlange</translation>
    </message>
    <message>
        <source>Train with this text as it stands, on %1</source>
        <translation>Mit diesem Text, wie er dasteht, auf %1 trainieren</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::StartPane</name>
    <message>
        <source>%1 pictures of %2 are ready.</source>
        <translation>%1 Bilder von %2 sind bereit.</translation>
    </message>
    <message>
        <source>Search with a picture</source>
        <translation>Mit einem Bild suchen</translation>
    </message>
    <message>
        <source>Drop a picture anywhere on this page, or paste one with Ctrl+V.</source>
        <translation>Ein Bild irgendwo auf dieser Seite ablegen oder mit Strg+V einfügen.</translation>
    </message>
    <message>
        <source>Choose a file</source>
        <translation>Datei wählen</translation>
    </message>
    <message>
        <source>Describe what to look for</source>
        <translation>Beschreiben, was gesucht wird</translation>
    </message>
    <message>
        <source>Type a few words and press Enter, or drop a picture to find texts for it.</source>
        <translation>Einige Wörter eingeben und Enter drücken, oder ein Bild ablegen, um Texte dazu zu finden.</translation>
    </message>
    <message>
        <source>Building the index of %1</source>
        <translation>Index von %1 wird gebaut</translation>
    </message>
    <message>
        <source>Searches “%1” when it is ready.</source>
        <translation>Sucht „%1“, wenn er fertig ist.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel building the index</source>
        <translation>Bau des Index abbrechen</translation>
    </message>
    <message>
        <source>Choose data…</source>
        <translation>Daten wählen…</translation>
    </message>
    <message>
        <source>No checkpoint yet</source>
        <translation>Noch kein Checkpoint</translation>
    </message>
    <message>
        <source>Searching needs a trained model. Run a configuration to its first checkpoint; it is listed here then.</source>
        <translation>Suchen braucht ein trainiertes Modell. Eine Konfiguration bis zum ersten Checkpoint laufen lassen; dann steht er hier.</translation>
    </message>
    <message>
        <source>Configure a run</source>
        <translation>Lauf konfigurieren</translation>
    </message>
    <message>
        <source>The demo pictures are not imported</source>
        <translation>Die Demobilder sind nicht importiert</translation>
    </message>
    <message>
        <source>Emoji and drawings with their names come from the Debian packages fonts-noto-color-emoji, unicode-cldr-core and tuxpaint-stamps-default. Importing takes less than a minute.</source>
        <translation>Emoji und Zeichnungen mit ihren Namen kommen aus den Debian-Paketen fonts-noto-color-emoji, unicode-cldr-core und tuxpaint-stamps-default. Das Importieren dauert weniger als eine Minute.</translation>
    </message>
    <message>
        <source>Import pictures</source>
        <translation>Bilder importieren</translation>
    </message>
    <message>
        <source>The data is not there</source>
        <translation>Die Daten sind nicht da</translation>
    </message>
    <message>
        <source>%1 can not be found.</source>
        <translation>%1 ist nicht zu finden.</translation>
    </message>
    <message>
        <source>Use the demo pictures</source>
        <translation>Die Demobilder verwenden</translation>
    </message>
    <message>
        <source>No index of %1 yet</source>
        <translation>Noch kein Index von %1</translation>
    </message>
    <message>
        <source>%1 of its pictures are embedded already; building goes on behind them.</source>
        <translation>%1 seiner Bilder sind schon eingebettet; der Bau geht dahinter weiter.</translation>
    </message>
    <message>
        <source>Its pictures and captions are embedded once with %1, then every search is fast.</source>
        <translation>Seine Bilder und Beschriftungen werden einmal mit %1 eingebettet, dann ist jede Suche schnell.</translation>
    </message>
    <message>
        <source>Continue building</source>
        <translation>Weiterbauen</translation>
    </message>
    <message>
        <source>Build index</source>
        <translation>Index bauen</translation>
    </message>
    <message>
        <source>The index was made with other weights</source>
        <translation>Der Index wurde mit anderen Gewichten gebaut</translation>
    </message>
    <message>
        <source>%1 has changed since the index of %2 was made. Build it anew to search.</source>
        <translation>%1 hat sich geändert, seit der Index von %2 gebaut wurde. Zum Suchen neu bauen.</translation>
    </message>
    <message>
        <source>Rebuild index</source>
        <translation>Index neu bauen</translation>
    </message>
    <message>
        <source>Training the tokenizer</source>
        <translation>Tokenizer wird trainiert</translation>
    </message>
    <message>
        <source>Importing %1</source>
        <translation>%1 wird importiert</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>Cancel the import</source>
        <translation>Import abbrechen</translation>
    </message>
    <message>
        <source>Searching</source>
        <translation>Suche läuft</translation>
    </message>
    <message>
        <source>The first search loads the model.</source>
        <translation>Die erste Suche lädt das Modell.</translation>
    </message>
    <message>
        <source>Cancel the search</source>
        <translation>Suche abbrechen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::StateCard</name>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Start now</source>
        <translation>Jetzt starten</translation>
    </message>
    <message>
        <source>Edit config</source>
        <translation>Konfiguration bearbeiten</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>Bericht kopieren</translation>
    </message>
    <message>
        <source>exit %1</source>
        <translation>Code %1</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::StepBar</name>
    <message>
        <source>%1 recorded</source>
        <translation>%1 aufgezeichnet</translation>
    </message>
    <message>
        <source>%1 recorded, every %2 steps</source>
        <translation>%1 aufgezeichnet, alle %2 Schritte</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Play the recorded steps (Space)</source>
        <translation>Die aufgezeichneten Schritte abspielen (Leertaste)</translation>
    </message>
    <message>
        <source>Step shown</source>
        <translation>Gezeigter Schritt</translation>
    </message>
    <message>
        <source>Type a step and press Enter: the nearest recorded one is shown</source>
        <translation>Schritt eingeben und Enter drücken: Der nächste aufgezeichnete wird gezeigt</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausieren</translation>
    </message>
    <message>
        <source>Pause (Space)</source>
        <translation>Pause (Leertaste)</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::StepSlider</name>
    <message>
        <source>Recorded step</source>
        <translation>Aufgezeichneter Schritt</translation>
    </message>
    <message>
        <source>Left and Right move by one recorded step, Space plays.</source>
        <translation>Links und Rechts gehen um einen aufgezeichneten Schritt, die Leertaste spielt ab.</translation>
    </message>
    <message>
        <source>Recorded steps; a dotted line stands where the run wrote a checkpoint</source>
        <translation>Aufgezeichnete Schritte; eine gepunktete Linie steht, wo der Lauf einen Checkpoint schrieb</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::SurveyBar</name>
    <message>
        <source>Samples to look through</source>
        <translation>Durchzusehende Beispiele</translation>
    </message>
    <message>
        <source>%1 samples</source>
        <translation>%1 Beispiele</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Look through more</source>
        <translation>Mehr durchsehen</translation>
    </message>
    <message>
        <source>Look through the data</source>
        <translation>Daten durchsehen</translation>
    </message>
    <message>
        <source>Needs a checkpoint</source>
        <translation>Braucht einen Checkpoint</translation>
    </message>
    <message>
        <source>As many were looked through. Choose more at the right.</source>
        <translation>So viele wurden durchgesehen. Rechts mehr wählen.</translation>
    </message>
    <message>
        <source>Every expert of every layer is counted at once</source>
        <translation>Jeder Experte jeder Schicht wird zugleich gezählt</translation>
    </message>
    <message>
        <source>Reading the evaluation data</source>
        <translation>Evaluationsdaten werden gelesen</translation>
    </message>
    <message>
        <source>%1 of %2 samples</source>
        <translation>%1 von %2 Beispielen</translation>
    </message>
    <message>
        <source>, %1 left</source>
        <translation>, noch %1</translation>
    </message>
    <message>
        <source>%1 of %2 samples, %3</source>
        <translation>%1 von %2 Beispielen, %3</translation>
    </message>
    <message>
        <source>Counts what each expert takes over many samples of the evaluation data.</source>
        <translation>Zählt, was jeder Experte über viele Beispiele der Evaluationsdaten nimmt.</translation>
    </message>
    <message>
        <source>; %1 could not be traced</source>
        <translation>; %1 ließen sich nicht verfolgen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::SurveyRun</name>
    <message>
        <source>The model&apos;s configuration names no evaluation data (data.eval).</source>
        <translation>Die Konfiguration des Modells nennt keine Evaluationsdaten (data.eval).</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::SystemMonitor</name>
    <message>
        <source>The NVIDIA driver finds no GPU</source>
        <translation>Der NVIDIA-Treiber findet keine GPU</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::SystemPanel</name>
    <message>
        <source>%1 of %2 GiB</source>
        <translation>%1 von %2 GiB</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Disk of the runs</source>
        <translation>Platte der Läufe</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>Wird gelesen</translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation>GPUs</translation>
    </message>
    <message>
        <source>Busy</source>
        <translation>Ausgelastet</translation>
    </message>
    <message>
        <source>CPU, %1 cores</source>
        <translation>CPU, %1 Kerne</translation>
    </message>
    <message>
        <source>reads %1/s, writes %2/s</source>
        <translation>liest %1/s, schreibt %2/s</translation>
    </message>
    <message>
        <source>%1 °C</source>
        <translation>%1 °C</translation>
    </message>
    <message>
        <source>%1 W</source>
        <translation>%1 W</translation>
    </message>
    <message>
        <source>CPU %1 %</source>
        <translation>CPU %1 %</translation>
    </message>
    <message>
        <source>GPU %1 %</source>
        <translation>GPU %1 %</translation>
    </message>
    <message>
        <source>%1 GPUs, mean %2 %</source>
        <translation>%1 GPUs, im Mittel %2 %</translation>
    </message>
    <message>
        <source>GPU memory %1</source>
        <translation>GPU-Speicher %1</translation>
    </message>
    <message>
        <source>Memory %1</source>
        <translation>Speicher %1</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::TableDialog</name>
    <message>
        <source>%1 rows</source>
        <translation>%1 Zeilen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copies the selected cells (Ctrl+C)</source>
        <translation>Kopiert die gewählten Zellen (Strg+C)</translation>
    </message>
    <message>
        <source>Export CSV...</source>
        <translation>CSV exportieren...</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::TilesRow</name>
    <message>
        <source>Experts in use, text</source>
        <translation>Experten im Einsatz, Text</translation>
    </message>
    <message>
        <source>Experts in use, image</source>
        <translation>Experten im Einsatz, Bild</translation>
    </message>
    <message>
        <source>Router entropy</source>
        <translation>Router-Entropie</translation>
    </message>
    <message>
        <source>Max violation</source>
        <translation>Max. Überlast</translation>
    </message>
    <message>
        <source>Dropped tokens</source>
        <translation>Verworfene Token</translation>
    </message>
    <message>
        <source>Dead experts</source>
        <translation>Tote Experten</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>von %1</translation>
    </message>
    <message>
        <source>not recorded</source>
        <translation>nicht aufgezeichnet</translation>
    </message>
    <message>
        <source>no images here</source>
        <translation>keine Bilder hier</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>Bit</translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation>Grenze %1</translation>
    </message>
    <message>
        <source>limit %1 %</source>
        <translation>Grenze %1 %</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::TokenStrip</name>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Arrows move over the tokens, Enter goes through a token&apos;s experts. The data table in the menu holds all.</source>
        <translation>Pfeiltasten wandern über die Token, Enter geht die Experten eines Tokens durch. Die Datentabelle im Menü enthält alle.</translation>
    </message>
    <message>
        <source>no expert</source>
        <translation>kein Experte</translation>
    </message>
    <message>
        <source>Token %1: %2</source>
        <translation>Token %1: %2</translation>
    </message>
    <message>
        <source>otherwise: %1</source>
        <translation>sonst: %1</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::WhatIfCard</name>
    <message>
        <source>What if</source>
        <translation>Was wäre wenn</translation>
    </message>
    <message>
        <source>What is replayed</source>
        <translation>Was wiedergegeben wird</translation>
    </message>
    <message>
        <source>Cancel replay</source>
        <translation>Wiedergabe abbrechen</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>What chips and patches show</source>
        <translation>Was Chips und Patches zeigen</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Back to the gate that the model was trained with</source>
        <translation>Zurück zum Gate, mit dem das Modell trainiert wurde</translation>
    </message>
    <message>
        <source>Use in a new config</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>Close What if</source>
        <translation>Was wäre wenn schließen</translation>
    </message>
    <message>
        <source>Load of each expert, what if</source>
        <translation>Last jedes Experten, was wäre wenn</translation>
    </message>
    <message>
        <source>Cancelled; change a value to replay.</source>
        <translation>Abgebrochen; zum Wiedergeben einen Wert ändern.</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>Verworfen</translation>
    </message>
    <message>
        <source>Max violation</source>
        <translation>Max. Überlast</translation>
    </message>
    <message>
        <source>Entropy, bits</source>
        <translation>Entropie, Bit</translation>
    </message>
    <message>
        <source>Experts chosen</source>
        <translation>Gewählte Experten</translation>
    </message>
    <message>
        <source>Dead</source>
        <translation>Tot</translation>
    </message>
    <message>
        <source>Changed choices</source>
        <translation>Geänderte Zuweisungen</translation>
    </message>
    <message>
        <source>Changed tokens</source>
        <translation>Geänderte Token</translation>
    </message>
    <message>
        <source>Opens the run&apos;s configuration in Configure with these keys set</source>
        <translation>Öffnet die Konfiguration des Laufs mit diesen Schlüsseln gesetzt</translation>
    </message>
    <message>
        <source>Nothing is set that a configuration has a key for</source>
        <translation>Nichts ist gesetzt, wofür eine Konfiguration einen Schlüssel hat</translation>
    </message>
    <message>
        <source>replays this sample&apos;s logits; changes nothing in the model</source>
        <translation>gibt die Logits dieses Beispiels wieder; ändert nichts am Modell</translation>
    </message>
    <message>
        <source>replays the recorded logits of step %1; changes nothing in the run</source>
        <translation>gibt die aufgezeichneten Logits von Schritt %1 wieder; ändert nichts am Lauf</translation>
    </message>
    <message>
        <source>rounded</source>
        <translation>gerundet</translation>
    </message>
    <message>
        <source>; they are rounded, near ties may fall otherwise</source>
        <translation>; sie sind gerundet, Beinahe-Gleichstände können anders ausgehen</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>The run&apos;s configuration is no valid YAML any more, so no key can be set in it.</source>
        <translation>Die Konfiguration des Laufs ist kein gültiges YAML mehr, daher lässt sich kein Schlüssel darin setzen.</translation>
    </message>
    <message>
        <source>1 key of the gate set in a new configuration</source>
        <translation>1 Schlüssel des Gates in einer neuen Konfiguration gesetzt</translation>
    </message>
    <message>
        <source>%1 keys of the gate set in a new configuration</source>
        <translation>%1 Schlüssel des Gates in einer neuen Konfiguration gesetzt</translation>
    </message>
    <message>
        <source>; temperature and bias have none</source>
        <translation>; Temperatur und Bias haben keinen</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::WhyView</name>
    <message>
        <source>Why this result</source>
        <translation>Warum dieses Ergebnis</translation>
    </message>
    <message>
        <source>Show what each word and patch adds to the dual encoder&apos;s score</source>
        <translation>Zeigen, was jedes Wort und jeder Patch zum Score des Dual-Encoders beiträgt</translation>
    </message>
    <message>
        <source>Asking the model</source>
        <translation>Modell wird gefragt</translation>
    </message>
    <message>
        <source>Orange adds to the score, blue takes from it; point at one for its number</source>
        <translation>Orange trägt zum Score bei, Blau nimmt davon weg; Zeigen auf eines nennt seine Zahl</translation>
    </message>
    <message>
        <source>Query</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Hit, score %1</source>
        <translation>Treffer, Score %1</translation>
    </message>
</context>
<context>
    <name>switchyard::ui::YamlEditor</name>
    <message>
        <source>YAML text</source>
        <translation>YAML-Text</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>Ausschneiden</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>Einfügen</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>Alles auswählen</translation>
    </message>
</context>
</TS>
