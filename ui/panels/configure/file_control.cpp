// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/file_control.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>

#include "ui/models/background.h"
#include "ui/widgets/message_banner.h"

namespace switchyard::ui {
namespace {

QFileDialog* makeDialog(QWidget& page, const QString& title, const QString& folder) {
    auto* dialog = new QFileDialog(&page, title, folder, QObject::tr("Configurations (*.yaml *.yml);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    return dialog;
}

}  // namespace

FileControl::FileControl(ConfigDocument& document, MessageBanner& banner, QWidget& page)
    : QObject(&page), document_(document), banner_(banner), page_(page) {
    connect(&banner_, &MessageBanner::dismissed, this, &FileControl::settled);
}

void FileControl::readPresets() {
    inBackground(
        this, [] { return ui::readPresets(); },
        [this](const QList<ConfigFile>& presets) { Q_EMIT presetsRead(presets); });
}

void FileControl::unlessEdited(const QString& other, std::function<void()> act) {
    if (!document_.isEdited()) {
        act();
        return;
    }
    const QString name = document_.file().isEmpty() ? tr("The text") : QFileInfo(document_.file()).fileName();
    banner_.showMessage(
        MessageBanner::Kind::kWarning,
        tr("<b>%1</b> has unsaved edits. Opening %2 discards them.").arg(name.toHtmlEscaped(), other.toHtmlEscaped()),
        tr("Discard edits"), [this, act = std::move(act)] {
            banner_.hide();
            act();
        });
}

void FileControl::openText(const QString& text, const QString& file) {
    unlessEdited(file.isEmpty() ? tr("another text") : QFileInfo(file).fileName(), [this, text, file] {
        const quint64 request = ++request_;
        inBackground(
            this,
            [text, file] {
                ConfigFile read;
                read.file = file;
                read.text = text.toStdString();
                read.is_preset = isPresetFile(file);
                if (read.is_preset) read.config = readConfigFile(file).config;
                return read;
            },
            [this, request](ConfigFile read) {
                if (request == request_) take(std::move(read));
            });
    });
}

void FileControl::openFile(const QString& file) {
    unlessEdited(QFileInfo(file).fileName(), [this, file] {
        const quint64 request = ++request_;
        inBackground(
            this, [file] { return readConfigFile(file); },
            [this, request](ConfigFile read) {
                if (request != request_) return;
                if (read.problem.isEmpty()) {
                    banner_.hide();
                    take(std::move(read));
                    return;
                }
                banner_.showMessage(MessageBanner::Kind::kDanger, read.problem.toHtmlEscaped());
                Q_EMIT settled();
            });
    });
}

void FileControl::take(ConfigFile read) {
    preset_ = read.is_preset ? read.file : QString();
    if (!read.is_preset && !read.file.isEmpty()) last_folder_ = QFileInfo(read.file).path();
    document_.open(std::move(read.text), read.file, read.is_preset, read.is_preset ? &read.config : nullptr);
    Q_EMIT settled();
}

QString FileControl::startFolder() const {
    return last_folder_.isEmpty() ? QDir::homePath() : last_folder_;
}

QString FileControl::suggestedName() const {
    if (!document_.file().isEmpty()) return QFileInfo(document_.file()).fileName();
    QString name = QString::fromStdString(document_.readable().result.config.run.name);
    if (name.isEmpty() || name.contains(u'/')) name = QStringLiteral("config");
    return name + QStringLiteral(".yaml");
}

void FileControl::askForFile() {
    QFileDialog* dialog = makeDialog(page_, tr("Open configuration"), startFolder());
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &FileControl::openFile);
    dialog->open();
}

void FileControl::save() {
    if (document_.file().isEmpty() || document_.isTemplate())
        askWhereToSave();
    else
        write(document_.file(), document_.savedText());
}

void FileControl::askWhereToSave() {
    QFileDialog* dialog = makeDialog(page_, tr("Save configuration as"), startFolder());
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("yaml"));
    dialog->selectFile(QDir(startFolder()).filePath(suggestedName()));
    connect(dialog, &QFileDialog::fileSelected, this, &FileControl::saveTo);
    dialog->open();
}

void FileControl::saveTo(const QString& file) {
    write(file, std::nullopt);
}

void FileControl::write(const QString& file, const std::optional<std::string>& expected) {
    inBackground(
        this,
        [file, text = document_.text(), expected] { return std::pair(saveConfigFile(file, text, expected), text); },
        [this, file](const std::pair<SaveOutcome, std::string>& result) {
            const QString name = QFileInfo(file).fileName().toHtmlEscaped();
            switch (result.first.state) {
                case SaveState::kSaved:
                    last_folder_ = QFileInfo(file).path();
                    document_.markSaved(file, result.second);
                    banner_.hide();
                    Q_EMIT saved(file);
                    break;
                case SaveState::kChangedOnDisk:
                    banner_.showMessage(MessageBanner::Kind::kWarning,
                                        tr("<b>%1</b> was changed by another program since it was opened.").arg(name),
                                        tr("Save over it"), [this, file] { saveTo(file); });
                    break;
                case SaveState::kFailed:
                    banner_.showMessage(MessageBanner::Kind::kDanger, result.first.problem.toHtmlEscaped(),
                                        tr("Save as..."), [this] { askWhereToSave(); });
                    break;
            }
        });
}

}  // namespace switchyard::ui
