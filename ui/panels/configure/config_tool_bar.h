// SPDX-License-Identifier: GPL-3.0-or-later
// The tool bar of the Configure page: file, history, preset, comparison. It holds no state of its own.
#pragma once

#include <QList>
#include <QString>
#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace switchyard::ui {

class Chip;
class ElidedLabel;
class IconButton;

/// A choice of a combo box: what is shown, and the file behind it.
struct FileChoice {
    QString name, file;
    bool operator==(const FileChoice&) const = default;
};

/// Thread: GUI thread.
class ConfigToolBar : public QWidget {
    Q_OBJECT
public:
    explicit ConfigToolBar(QWidget* parent = nullptr);
    /// Empty `chip` = none.
    void setFile(const QString& name, const QString& tool_tip, const QString& chip);
    void setHistory(const QString& undo, const QString& redo, bool can_undo, bool can_redo);
    void setPresets(const QList<FileChoice>& presets);
    void setCurrentPreset(const QString& file);  ///< "" = none of them
    void setComparable(const QList<FileChoice>& presets, const QList<FileChoice>& runs);
    void setCompared(const QString& file);  ///< "" = nothing
    /// Negative = nothing is compared.
    void setDifferences(int count);
    void setBaseline(const QString& text);  ///< of the accent bar's legend
    QWidget* differencesLink() const;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void presetChosen(const QString& file);
    void compareChosen(const QString& file);
    void differencesRequested();
    void undoRequested();
    void redoRequested();
    void openRequested();
    void saveRequested();
    void saveAsRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fit();

    ElidedLabel* file_;
    Chip* chip_;
    IconButton *undo_, *redo_, *open_, *save_, *save_as_;
    QComboBox *preset_, *compare_;
    QPushButton* differences_;
    QWidget* legend_;
    QLabel *preset_label_, *compare_label_, *legend_text_;
    QList<FileChoice> compare_presets_, compare_runs_;
};

}  // namespace switchyard::ui
