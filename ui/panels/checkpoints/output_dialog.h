// SPDX-License-Identifier: GPL-3.0-or-later
// Asks how and where a checkpoint is written again: a choice or a number, and a folder that does not exist yet.
#pragma once

#include <QDialog>
#include <functional>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace switchyard::ui {

/// Deletes itself when closed; open() it. Thread: GUI thread.
class OutputDialog : public QDialog {
    Q_OBJECT
public:
    struct Choice {
        QString label, word;  ///< word: what accepted() gives
        QString note;         ///< what it is good for
    };
    /// One of `choices`, or with none a number of ranks from 1.
    OutputDialog(const QString& title, const QString& verb, const QList<Choice>& choices, int ranks, QWidget* parent);
    /// The folder follows the choice until the person types one.
    void setFolderFor(std::function<QString(const QString& word)> folder);
    QString word() const;  ///< of the choice, or the number
    QString folder() const;
    QComboBox* choiceBox() const { return choice_; }
    QSpinBox* ranksBox() const { return ranks_; }
    QLineEdit* folderField() const { return folder_; }
    QPushButton* okButton() const { return ok_; }

protected:
    /// The rows; the choice's stands first and its note second.
    QFormLayout* form() const { return form_; }
    /// The words, or the number, have changed.
    void follow();

private:
    void check();
    void tell(const QString& problem);

    QList<Choice> choices_;
    std::function<QString(const QString&)> folder_for_;
    bool typed_ = false;
    quint64 look_ = 0;  ///< of the newest look at the folder
    QFormLayout* form_;
    QComboBox* choice_ = nullptr;
    QSpinBox* ranks_ = nullptr;
    QLabel* note_;
    QLineEdit* folder_;
    QLabel* problem_;
    QPushButton* ok_;
};

}  // namespace switchyard::ui
