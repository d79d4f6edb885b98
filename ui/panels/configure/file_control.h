// SPDX-License-Identifier: GPL-3.0-or-later
// Opening and saving of the configuration: presets, files, the question before edits are lost.
#pragma once

#include <QObject>
#include <QString>
#include <functional>
#include <optional>

#include "ui/models/config_document.h"
#include "ui/models/config_files.h"

namespace switchyard::ui {

class MessageBanner;

/// Thread: GUI thread; files are read and written in the background.
class FileControl : public QObject {
    Q_OBJECT
public:
    /// All of them outlive the control; dialogs stand over `page`.
    FileControl(ConfigDocument& document, MessageBanner& banner, QWidget& page);
    /// Reads the presets anew and tells them by presetsRead().
    void readPresets();
    /// Any of these asks first where unsaved edits would be lost.
    void openText(const QString& text, const QString& file);
    void openFile(const QString& file);
    void askForFile();
    void save();
    void askWhereToSave();
    void saveTo(const QString& file);

    /// The preset that changes are marked against, "" = the text as it was opened.
    const QString& preset() const { return preset_; }
    /// A name for a text that can not be saved to its own file.
    QString suggestedName() const;

Q_SIGNALS:
    void presetsRead(const QList<switchyard::ui::ConfigFile>& presets);
    /// Another text, or it was decided to keep the one there is.
    void settled();
    void saved(const QString& file);

private:
    void unlessEdited(const QString& other, std::function<void()> act);
    void take(ConfigFile read);
    void write(const QString& file, const std::optional<std::string>& expected);
    QString startFolder() const;

    ConfigDocument& document_;
    MessageBanner& banner_;
    QWidget& page_;
    QString preset_, last_folder_;
    quint64 request_ = 0;  ///< of the newest thing to open; older answers are dropped
};

}  // namespace switchyard::ui
